using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Idempotency;

/// <summary>
/// Gives a request that is repeated one effect and one answer, also when it arrives twice at once or the process dies in between.
/// The answer is committed in the transaction of the effects, and the key's inbox entry decides which request commits. Scoped,
/// like the unit of work that it commits.
/// </summary>
internal sealed class IdempotentRequests
{
    private readonly UnitOfWork _unit;
    private readonly IStoreQueries _queries;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;

    internal IdempotentRequests(UnitOfWork unit, IStoreQueries queries, IOptions<OutboxOptions> options, TimeProvider time)
    {
        _unit = unit;
        _queries = queries;
        _options = options.Value;
        _time = time;
    }

    /// <summary>The stored answer; null if there is none, or if it is past its retention.</summary>
    /// <param name="scope">Identifies the request: the key, and what the key is valid for.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    public Task<StoredAnswer?> FindAsync(string scope, CancellationToken cancellationToken = default) =>
        FindAsync(DerivedId.Of(scope), cancellationToken);

    /// <summary>
    /// Commits the scope's unit of work together with its answer, unless another request of the same scope was committed before.
    /// </summary>
    /// <param name="scope">As for <see cref="FindAsync(string, CancellationToken)"/>.</param>
    /// <param name="answer">The answer to store.</param>
    /// <param name="cancellationToken">Cancels the commit.</param>
    /// <returns>Null if it was committed. Otherwise the answer of the first request; nothing of this request was committed.</returns>
    /// <exception cref="StoreUnavailableException">As for <see cref="IUnitOfWork.CommitAsync"/>.</exception>
    public async Task<StoredAnswer?> TryCommitAsync(string scope, StoredAnswer answer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var id = DerivedId.Of(scope);
        _unit.Work.InboxKeys.Add(IdempotencySql.Key(id));
        _unit.ExecuteOwn(IdempotencySql.Insert, IdempotencySql.Parameters(id, answer, _time.GetUtcNow()));
        return await _unit.TryCommitAsync(cancellationToken)
            ? null
            : await FindAsync(id, cancellationToken)
                ?? throw new StoreUnavailableException("The answer of the first request with this key cannot be read yet.");
    }

    private async Task<StoredAnswer?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await StoreDeadline.RunAsync(
            _options.CommitTimeout,
            token => _queries.QueryAsync(IdempotencySql.Select, [id], IdempotencySql.Read, token),
            cancellationToken);
        return found.FirstOrDefault();
    }
}

/// <summary>A stored answer.</summary>
internal sealed record StoredAnswer
{
    /// <summary>The hash of those parts of the request that must be the same when it is repeated.</summary>
    public required string RequestHash { get; init; }

    /// <summary>The status code.</summary>
    public required int Status { get; init; }

    /// <summary>The <c>Location</c> header.</summary>
    public string? Location { get; init; }

    /// <summary>The <c>Content-Type</c> header.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body as text.</summary>
    public required string Body { get; init; }
}
