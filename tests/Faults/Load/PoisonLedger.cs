using System.Collections.Concurrent;

namespace Messaging.Faults.Load;

/// <summary>What has to become of a message that no API accepted.</summary>
internal enum PoisonEnd
{
    /// <summary>One dead letter, and no effect.</summary>
    DeadLetter,

    /// <summary>One entry of the activity log, whose id is the message's.</summary>
    LogEntry,

    /// <summary>A mail, of which there may be more only for the reasons for which any mail may be repeated.</summary>
    Mail,
}

/// <summary>A message that was published past the outbox.</summary>
/// <param name="Id">Its message id.</param>
/// <param name="What">The kind of fault.</param>
/// <param name="End">What has to become of it.</param>
/// <param name="Copies">How often it was published.</param>
/// <param name="IsConfirmed">Whether the broker has confirmed it; if not, it may have got nothing.</param>
/// <param name="At">When the last copy had been published.</param>
internal sealed record Poison(Guid Id, string What, PoisonEnd End, int Copies, bool IsConfirmed, DateTimeOffset At)
{
    /// <summary>A time before the first copy was published, which may have been handled before the last was.</summary>
    public DateTimeOffset Since => At.AddMinutes(-1);
}

/// <summary>The messages that were published past the outbox.</summary>
internal sealed class PoisonLedger
{
    private readonly ConcurrentQueue<Poison> _poisons = new();

    public IReadOnlyCollection<Poison> All => _poisons;

    public void Add(Poison poison) => _poisons.Enqueue(poison);
}
