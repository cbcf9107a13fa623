using System.Collections.Concurrent;

namespace Messaging.Faults.Load;

/// <summary>Every request of the run.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<int, LedgerEntry> _entries = new();
    private int _next;
    private int _accepted;

    public IEnumerable<LedgerEntry> Entries => _entries.Values.OrderBy(e => e.Number);

    public int Count => _entries.Count;

    public int Accepted => _accepted;

    /// <summary>The next request: registrations and log entries in turn.</summary>
    public LedgerEntry Next()
    {
        var number = Interlocked.Increment(ref _next);
        var entry = new LedgerEntry(number, number % 2 == 0 ? $"/register?email=user{number}@example.org" : $"/log?message=entry{number}");
        _entries[number] = entry;
        return entry;
    }

    public void Accept(LedgerEntry entry, Guid taskId)
    {
        (entry.TaskId, entry.AcceptedAt) = (taskId, DateTimeOffset.UtcNow);
        Interlocked.Increment(ref _accepted);
    }
}
