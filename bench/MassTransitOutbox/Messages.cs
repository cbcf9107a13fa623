namespace Messaging.Bench.Peers;

/// <summary>The message that <c>bench/Peers</c> publishes, under the same name.</summary>
public sealed record WriteEntry
{
    public required Guid Id { get; init; }

    public required string Message { get; init; }
}

internal sealed record Registration(string Email);

internal sealed record Entry(string Message);

internal sealed record Answer(Guid Id);
