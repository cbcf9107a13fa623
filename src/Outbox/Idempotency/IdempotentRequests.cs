using Messaging.Outbox.Idempotency;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>
/// Makes a request that comes several times have one effect and one answer, also when it comes twice at once or the process
/// dies in between: the answer is committed in the transaction of the effects, and the key's entry in the inbox decides who
/// commits. Scoped, as the unit of work that it commits.
/// </summary>
public sealed class IdempotentRequests
{
    private readonly UnitOfWork _unit;
    private readonly IOutboxStore _store;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;

    internal IdempotentRequests(UnitOfWork unit, IOutboxStore store, IOptions<OutboxOptions> options, TimeProvider time)
    {
        _unit = unit;
        _store = store;
        _options = options.Value;
        _time = time;
    }

    /// <summary>The answer that was given before, or null when there is none or its retention is over.</summary>
    /// <param name="scope">What the requests that are one have in common: the key, and whatever it is valid for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    public Task<StoredAnswer?> FindAsync(string scope, CancellationToken cancellationToken = default) =>
        FindAsync(DerivedId.Of(scope), cancellationToken);

    /// <summary>Commits the scope's unit of work together with its answer, unless another request of the same scope has.</summary>
    /// <param name="scope">As for <see cref="FindAsync(string, CancellationToken)"/>.</param>
    /// <param name="answer">What is answered from now on.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>
    /// Null when it was committed. Otherwise the answer of the request that came first; nothing of this one was done.
    /// </returns>
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
            token => _store.QueryAsync(IdempotencySql.Select, [id], IdempotencySql.Read, token),
            cancellationToken);
        return found.FirstOrDefault();
    }
}

/// <summary>An answer as it is kept.</summary>
public sealed record StoredAnswer
{
    /// <summary>Of everything in the request that has to be the same again.</summary>
    public required string RequestHash { get; init; }

    /// <summary>The status code.</summary>
    public required int Status { get; init; }

    /// <summary>The header of that name.</summary>
    public string? Location { get; init; }

    /// <summary>The header of that name.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body, which is text.</summary>
    public required string Body { get; init; }
}
