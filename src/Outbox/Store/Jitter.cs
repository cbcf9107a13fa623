namespace Messaging.Outbox.Store;

/// <summary>Keeps processes that fail at the same time from trying again at the same time.</summary>
internal static class Jitter
{
    public const double Longest = 1.25;

    /// <summary>A factor for a delay: 0.75 to <see cref="Longest"/>.</summary>
    public static double Factor() => 0.75 + (Random.Shared.NextDouble() * 0.5);
}
