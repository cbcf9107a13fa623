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

    private long Changes => Interlocked.Read(ref _changes);

    /// <exception cref="StoreUnavailableException">
    /// The database does not answer, and the session was not among those read before.
    /// </exception>
    public async ValueTask<bool> ContainsAsync(string id, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        if (_last is var last && last.Knows(id, Changes) && clock.GetElapsedTime(last.TriedAt, asked) < MaxAge)
        {
            return true;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last.TriedAt < asked || _last.Changes != Changes) // nobody has tried since this request came
            {
                _last = await ReadAsync(_last, cancellationToken);
            }

            // Only who has the turn writes it. Without the database nobody can have ended a session that was known either; what the request needs of the
            // database fails by itself.
            return _last.Failure is not { } failure ? _last.Ids.Contains(id)
                : _last.Knows(id, Changes) ? true
                : throw new StoreUnavailableException(failure.Message, failure);
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

    private async Task<Reading> ReadAsync(Reading before, CancellationToken cancellationToken)
    {
        var (changes, at) = (Changes, clock.GetTimestamp()); // before the query, which may miss what comes during it
        try
        {
            return new Reading((await store.LiveAsync(clock.GetUtcNow(), cancellationToken)).ToFrozenSet(StringComparer.Ordinal), at, changes);
        }
        catch (StoreUnavailableException exception)
        {
            // For all who wait: each of them would wait for the database as long as this one has.
            return before with { TriedAt = at, Failure = exception, Ids = before.Changes == changes ? before.Ids : FrozenSet<string>.Empty, Changes = changes };
        }
    }

    /// <param name="Ids">The sessions that had not ended.</param>
    /// <param name="TriedAt">When the last attempt to read began.</param>
    /// <param name="Changes">How many changes of this process it is certain to have.</param>
    private sealed record Reading(FrozenSet<string> Ids, long TriedAt, long Changes)
    {
        /// <summary>Why the last attempt has failed; null if it has not.</summary>
        public StoreUnavailableException? Failure { get; init; }

        public bool Knows(string id, long changes) => Changes == changes && Ids.Contains(id);
    }
}
