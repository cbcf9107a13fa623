using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Verdict;

/// <summary>Everything that a verdict is made from.</summary>
internal sealed record Evidence
{
    public required IReadOnlyList<LedgerEntry> Requests { get; init; }

    public required Snapshot Database { get; init; }

    public required IReadOnlyList<SinkMail> Mails { get; init; }

    public required IReadOnlyList<FaultEvent> Faults { get; init; }

    public required IReadOnlyList<Poison> Poison { get; init; }

    /// <summary>Workers that take messages side by side.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Messages that are left in each queue; none where there is no broker.</summary>
    public IReadOnlyDictionary<string, long> Queues { get; init; } = new Dictionary<string, long>();

    /// <summary>What the database is still busy with.</summary>
    public IReadOnlyList<string> Sessions { get; init; } = [];

    /// <summary>When each line of the processes' logs was printed.</summary>
    public IReadOnlyList<DateTimeOffset> LogLines { get; init; } = [];

    /// <summary>What this program itself did wrong.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}

/// <summary>Something that is not as promised.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Id">Of the task or message.</param>
/// <param name="Details">More of it.</param>
internal sealed record Difference(string Kind, Guid? Id, string Details);
