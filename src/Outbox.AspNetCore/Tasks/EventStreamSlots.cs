using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>
/// Limits the event streams. Callers with a key and callers without one have separate slots, so that neither group can block the
/// other; single anonymous callers and single tasks are limited too.
/// </summary>
internal sealed class EventStreamSlots(IOptions<EventStreamOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<Caller> _address = Limiter(caller => (caller.Network, options.Value.MaxPerAddress));
    private readonly PartitionedRateLimiter<Caller> _task = Limiter(caller => ($"{caller.Task}", options.Value.MaxPerTask));
    private readonly ConcurrencyLimiter _anonymous = new(Slots(options.Value.MaxAnonymous));
    private readonly ConcurrencyLimiter _keyed = new(Slots(options.Value.MaxKeyed));

    /// <summary>Takes a slot, which is released at the end of the request.</summary>
    /// <returns>The limit that is reached; null if the slot was taken.</returns>
    public Refusal? Take(HttpContext http, Guid? task)
    {
        if (http.HasKey())
        {
            return Take(http, _keyed.AttemptAcquire(), StatusCodes.Status503ServiceUnavailable, "The maximum number of event streams is reached.");
        }

        var caller = new Caller(CallerAddress.Of(http), task);
        return Take(http, _address.AttemptAcquire(caller), StatusCodes.Status429TooManyRequests, "Your address has reached its maximum number of event streams.")
            ?? Take(http, _task.AttemptAcquire(caller), StatusCodes.Status429TooManyRequests, "The task has reached its maximum number of event streams.")
            ?? Take(http, _anonymous.AttemptAcquire(), StatusCodes.Status503ServiceUnavailable, "The maximum number of event streams without a key is reached.");
    }

    public void Dispose()
    {
        _address.Dispose();
        _task.Dispose();
        _anonymous.Dispose();
        _keyed.Dispose();
    }

    private static Refusal? Take(HttpContext http, RateLimitLease slot, int status, string reason)
    {
        http.Response.RegisterForDispose(slot);
        return slot.IsAcquired ? null : new Refusal(status, reason);
    }

    private static PartitionedRateLimiter<Caller> Limiter(Func<Caller, (string Key, int Max)> of) =>
        PartitionedRateLimiter.Create<Caller, string>(
            caller => RateLimitPartition.GetConcurrencyLimiter(of(caller).Key, _ => Slots(of(caller).Max)), StringComparer.Ordinal);

    private static ConcurrencyLimiterOptions Slots(int max) => new() { PermitLimit = max, QueueLimit = 0 };

    /// <summary>The reason why no slot is available.</summary>
    public sealed record Refusal(int Status, string Reason);

    private sealed record Caller(string Network, Guid? Task);
}
