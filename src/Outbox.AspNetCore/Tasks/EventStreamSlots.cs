using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>
/// Who may open one more event stream. Callers with a key and those without have slots apart, so that the ones leave the others theirs; so do
/// one anonymous caller, and a crowd at one task.
/// </summary>
internal sealed class EventStreamSlots(IOptions<EventStreamOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<Caller> _address = Limiter(caller => (caller.Network, options.Value.MaxPerAddress));
    private readonly PartitionedRateLimiter<Caller> _task = Limiter(caller => ($"{caller.Task}", options.Value.MaxPerTask));
    private readonly ConcurrencyLimiter _anonymous = new(Slots(options.Value.MaxAnonymous));
    private readonly ConcurrencyLimiter _keyed = new(Slots(options.Value.MaxKeyed));

    /// <summary>Takes a slot, which the end of the request gives back.</summary>
    /// <returns>What there are too many of; null when the slot is taken.</returns>
    public Refusal? Take(HttpContext http, Guid? task)
    {
        if (http.HasKey())
        {
            return Take(http, _keyed.AttemptAcquire(), StatusCodes.Status503ServiceUnavailable, "This process serves as many event streams as it may.");
        }

        var caller = new Caller(CallerAddress.Of(http), task);
        return Take(http, _address.AttemptAcquire(caller), StatusCodes.Status429TooManyRequests, "Your address has as many event streams open as it may.")
            ?? Take(http, _task.AttemptAcquire(caller), StatusCodes.Status429TooManyRequests, "The task is followed by as many as may.")
            ?? Take(http, _anonymous.AttemptAcquire(), StatusCodes.Status503ServiceUnavailable, "This process serves as many event streams without a key as it may.");
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

    /// <summary>Why there is no slot.</summary>
    public sealed record Refusal(int Status, string Reason);

    private sealed record Caller(string Network, Guid? Task);
}
