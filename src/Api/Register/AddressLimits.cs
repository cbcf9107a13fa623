using System.Threading.RateLimiting;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Mail;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Register;

/// <summary>
/// Limits the requests that name an address, by its mailbox and by its domain, for all callers together. Registered and
/// unregistered addresses count alike, so a 429 does not reveal whether an address is registered.
/// </summary>
internal sealed class AddressLimits(IOptions<RateLimitOptions> options, IOptions<AddressLimitOptions> limits, IOptions<MailLimitOptions> mails) : IDisposable
{
    private readonly PartitionedRateLimiter<CanonicalMailbox> _limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<CanonicalMailbox, Bucket>(mailbox =>
            Bucket.Of("mailbox", mailbox.ToString(), options.Value.Counters).WithLimit(limits.Value.Mailbox.Burst, limits.Value.Mailbox.PerMinute)),
        PartitionedRateLimiter.Create<CanonicalMailbox, Bucket>(mailbox => SharedDomains.Contains(mailbox, mails.Value.SharedDomains)
            ? RateLimitPartition.GetNoLimiter(Bucket.Total("shared"))
            : Bucket.Of("domain", mailbox.Domain, options.Value.Counters).WithLimit(limits.Value.Domain.Burst, limits.Value.Domain.PerMinute)));

    /// <returns>The 429 response to a request over a limit, before anything is stored; null if the request may continue.</returns>
    public ProblemHttpResult? Refusal(HttpContext http, string email)
    {
        if (!options.Value.Enabled)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(CanonicalMailbox.Of(email));
        return lease.IsAcquired ? null : TooManyRequests.Of(http, lease, "Too many requests name this address or its domain.");
    }

    public void Dispose() => _limiter.Dispose();
}
