using Messaging.Outbox.Store;

namespace Messaging.Faults.Hooks;

/// <summary>The process's claims, between whose steps it can be made to die.</summary>
internal sealed class FailpointOutbox(IOutboxStore inner, Failpoints points) : IOutboxStore
{
    public bool CanWaitForConsumers => inner.CanWaitForConsumers;

    public async Task<IOutboxClaim> ClaimAsync(int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken)
    {
        var claim = new Claim(await inner.ClaimAsync(limit, settlements, cancellationToken), points);
        if (claim.Messages.Count > 0)
        {
            points.Reach(Failpoints.AfterClaimBeforePublish, claim.Messages.Select(m => m.MessageId));
        }

        return claim;
    }

    public Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken) => inner.UntilNextDueAsync(cancellationToken);

    public Task RecoverAsync(CancellationToken cancellationToken) => inner.RecoverAsync(cancellationToken);

    public Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);

    private sealed class Claim(IOutboxClaim inner, Failpoints points) : IOutboxClaim
    {
        public IReadOnlyList<OutboxMessage> Messages => inner.Messages;

        public Task CompleteAsync(
            IReadOnlyCollection<SendFailure> failures, IReadOnlyCollection<SentBatch> sent, CancellationToken cancellationToken)
        {
            if (Messages.Count > failures.Count)
            {
                points.Reach(Failpoints.AfterPublishBeforeDelete, Messages.Select(m => m.MessageId));
            }

            return inner.CompleteAsync(failures, sent, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
