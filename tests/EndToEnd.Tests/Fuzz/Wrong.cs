namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>
/// What share of each part of a request is odd, 0 to 1. Mostly one part alone, and the rest is right: what is odd in several ways is refused for the
/// first of them, and the others are never looked at.
/// </summary>
internal sealed record Wrong(double Target = 0, double Type = 0, double Body = 0, double Headers = 0, double Framing = 0)
{
    /// <summary>Whether the caller is to have a key that may do it.</summary>
    public bool IsAllowed { get; init; } = true;

    public static Wrong Pick(Random random) => random.Next(12) switch
    {
        0 or 1 => new Wrong(),
        2 or 3 => new Wrong(Target: 0.5),
        4 => new Wrong(Type: 1),
        5 or 6 => new Wrong(Body: random.NextDouble() / 2),
        7 => new Wrong(Headers: 0.8),
        8 => new Wrong(Framing: 1),
        9 => new Wrong(0.05, 0.05, 0.05, 0.05, 0.05) { IsAllowed = false },
        _ => new Wrong(0.3, 0.2, 0.3, 0.3, 0.2) { IsAllowed = false },
    };
}
