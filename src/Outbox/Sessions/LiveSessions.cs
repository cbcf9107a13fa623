using System.Collections.Frozen;

namespace Messaging.Outbox.Sessions;

/// <summary>
/// Which sessions have not ended, as this process last read it: one reading for all requests. A session that was ended elsewhere works here
/// for at most <see cref="MaxAge"/> more; one that was started elsewhere works at once.
/// </summary>
internal sealed class LiveSessions(SessionStore store, StoreClock clock) : IDisposable
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Reading _last = new(FrozenSet<string>.Empty, long.MinValue, 0);
    private long _changes;

    /// <exception cref="StoreUnavailableException">
    /// The database does not answer, and the session was not among those read before.
    /// </exception>
    public async ValueTask<bool> ContainsAsync(string id, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        if (_last is var last && IsCurrent(last) && last.Ids.Contains(id) && clock.GetElapsedTime(last.At, asked) < MaxAge)
        {
            return true;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last.At < asked || !IsCurrent(_last)) // nobody has read since this request came
            {
                _last = await ReadAsync(_last, id, cancellationToken);
            }

            return _last.Ids.Contains(id); // only who has the turn writes it
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Makes the next request read again: this process has started or ended a session itself. A reading that has begun before is used by
    /// nobody who asks later.
    /// </summary>
    public void Forget() => Interlocked.Increment(ref _changes);

    public void Dispose() => _turn.Dispose();

    private bool IsCurrent(Reading reading) => reading.Changes == Interlocked.Read(ref _changes);

    private async Task<Reading> ReadAsync(Reading before, string id, CancellationToken cancellationToken)
    {
        var (changes, at) = (Interlocked.Read(ref _changes), clock.GetTimestamp()); // before the query, which may miss what comes during it
        try
        {
            return new Reading((await store.LiveAsync(clock.GetUtcNow(), cancellationToken)).ToFrozenSet(StringComparer.Ordinal), at, changes);
        }
        catch (StoreUnavailableException) when (before.Changes == changes && before.Ids.Contains(id))
        {
            // Without the database nobody can have ended it either. What the request needs of the database fails by itself.
            return before with { At = at };
        }
    }

    /// <param name="Ids">The sessions that had not ended.</param>
    /// <param name="At">When the reading began.</param>
    /// <param name="Changes">How many changes of this process it is certain to have.</param>
    private sealed record Reading(FrozenSet<string> Ids, long At, long Changes);
}
