using Messaging.Outbox.Feed;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Answers that depend on nothing but their key, and so are the same for all callers: each is read at most once a second, however many look (docs/decisions/0052).
/// What a caller must not see is taken out afterwards.
/// </summary>
internal sealed class SharedAnswers : ISharedReadings
{
    private readonly IServiceScopeFactory _scopes;
    private readonly SharedReadings<Key, Answer> _readings;

    public SharedAnswers(IServiceScopeFactory scopes, StoreClock time, IHostApplicationLifetime lifetime)
    {
        _scopes = scopes;

        // Pages show them beside events, which are younger; and an act of another process has to be seen soon.
        _readings = new SharedReadings<Key, Answer>(ReadAsync, time, lifetime.ApplicationStopping, longest: TimeSpan.FromSeconds(1));
    }

    /// <summary>The number of answers that are kept.</summary>
    public int Count => _readings.Count;

    /// <summary>The latest answer if it is new enough, or else a new one.</summary>
    /// <param name="kind">What it is: always with the same <paramref name="read"/>.</param>
    /// <param name="of">Which one; equal for equal answers.</param>
    /// <param name="read">Reads it. It outlives the request that began it, so it has services of its own.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<T> GetAsync<T>(string kind, object of, Func<IServiceProvider, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        (T)(await _readings.Of(new Key(kind, of, async (services, token) => await read(services, token))).GetAsync(cancellationToken)).Value!;

    public void Forget() => _readings.Forget();

    private async Task<Answer> ReadAsync(Key key, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return new Answer(await key.Read(scope.ServiceProvider, cancellationToken));
    }

    private sealed record Answer(object? Value);

    /// <summary>Two are equal if they are of the same kind and object, whoever reads.</summary>
    private sealed record Key(string Kind, object Of, Func<IServiceProvider, CancellationToken, Task<object?>> Read)
    {
        public bool Equals(Key? other) => other is not null && Kind == other.Kind && Of.Equals(other.Of);

        public override int GetHashCode() => HashCode.Combine(Kind, Of);
    }
}
