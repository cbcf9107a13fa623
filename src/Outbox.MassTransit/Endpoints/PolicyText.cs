using System.Globalization;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Describes a retry policy for the printed pipeline.</summary>
internal static class PolicyText
{
    public static string OfImmediate(RetryOptions policy) => policy.ImmediateRetries == 0
        ? "none"
        : Format($"{policy.ImmediateRetries} at once, the first after {policy.ImmediateDelay:c}; {policy.MaxAttempts} attempts in all, each up to {policy.TimeLimit:c}");

    public static string OfDeferrals(RetryOptions policy) => policy.DelayedRetries == 0
        ? "none"
        : Format($"{policy.DelayedRetries}, after {policy.FirstDelay:c} up to {policy.MaxDelay:c}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
