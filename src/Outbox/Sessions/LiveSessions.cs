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
    private volatile Reading _last = new(FrozenSet<string>.Empty, long.MinValue);

    /// <exception cref="StoreUnavailableException">
    /// The database does not answer, and the session was not among those read before.
    /// </exception>
    public async ValueTask<bool> ContainsAsync(string id, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        if (_last is var last && last.Ids.Contains(id) && clock.GetElapsedTime(last.At, asked) < MaxAge)
        {
            return true;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last.At < asked) // nobody has read since this request came
            {
                await ReadAsync(id, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        return _last.Ids.Contains(id);
    }

    /// <summary>Makes the next request read again: this process has started or ended a session itself.</summary>
    public void Forget() => _last = new Reading(FrozenSet<string>.Empty, long.MinValue);

    public void Dispose() => _turn.Dispose();

    private async Task ReadAsync(string id, CancellationToken cancellationToken)
    {
        var at = clock.GetTimestamp();
        try
        {
            _last = new Reading((await store.LiveAsync(clock.GetUtcNow(), cancellationToken)).ToFrozenSet(StringComparer.Ordinal), at);
        }
        catch (StoreUnavailableException) when (_last.Ids.Contains(id))
        {
            // Without the database nobody can have ended it either. What the request needs of the database fails by itself.
            _last = _last with { At = at };
        }
    }

    private sealed record Reading(FrozenSet<string> Ids, long At);
}
