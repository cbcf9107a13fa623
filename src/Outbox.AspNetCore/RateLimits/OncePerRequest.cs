using System.Threading.RateLimiting;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>
/// Counts a request once while it has a lease, however often the middleware is in the pipeline: an application that has <c>UseRateLimiter</c> already has it twice with
/// <see cref="OutboxApiExtensions.UseOutboxApi"/>. A limiter of concurrent requests would let each request wait for itself.
/// </summary>
/// <param name="inner">The limiter.</param>
/// <param name="counts">Whether a request is counted at all at this point of the pipeline.</param>
internal sealed class OncePerRequest(PartitionedRateLimiter<HttpContext> inner, Func<HttpContext, bool>? counts = null) : PartitionedRateLimiter<HttpContext>
{
    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => inner.GetStatistics(resource);

    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount) =>
        IsFree(resource) ? FreeLease.Instance : Counted(inner.AttemptAcquire(resource, permitCount), resource);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(HttpContext resource, int permitCount, CancellationToken cancellationToken) =>
        IsFree(resource) ? FreeLease.Instance : Counted(await inner.AcquireAsync(resource, permitCount, cancellationToken), resource);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await inner.DisposeAsync();
        await base.DisposeAsyncCore();
    }

    private bool IsFree(HttpContext http) => counts?.Invoke(http) == false || http.Items.ContainsKey(this);

    private RateLimitLease Counted(RateLimitLease lease, HttpContext http)
    {
        if (!lease.IsAcquired)
        {
            return lease;
        }

        http.Items[this] = true;
        return new CountedLease(lease, () => http.Items.Remove(this));
    }

    private sealed class CountedLease(RateLimitLease lease, Action forget) : RateLimitLease
    {
        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => lease.MetadataNames;

        public override bool TryGetMetadata(string metadataName, out object? metadata) => lease.TryGetMetadata(metadataName, out metadata);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                forget();
                lease.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class FreeLease : RateLimitLease
    {
        public static readonly FreeLease Instance = new();

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
