namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Names of the rate limiting policies of routes without an access key; the limits are in the API's section <c>RateLimits</c>.
/// </summary>
public static class RateLimitPolicies
{
    /// <summary>Routes that send mails or hash passwords.</summary>
    public const string Accounts = "Outbox.Accounts";

    /// <summary>Routes that append to the activity log.</summary>
    public const string Logs = "Outbox.Logs";

    /// <summary>Routes that only read: a task, its events, a page, a file by its link.</summary>
    public const string Reads = "Outbox.Reads";

    /// <summary>Health checks. They have no limit over all callers, so that a flood does not take the process out of service.</summary>
    public const string Health = "Outbox.Health";
}
