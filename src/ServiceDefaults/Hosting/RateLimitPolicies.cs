namespace Messaging.ServiceDefaults.Hosting;

/// <summary>The kinds of routes that need no key, each with its own limits; the API has them in its section <c>RateLimits</c>.</summary>
public static class RateLimitPolicies
{
    /// <summary>What sends mails or hashes passwords.</summary>
    public const string Accounts = "accounts";

    /// <summary>What appends to the activity log.</summary>
    public const string Logs = "logs";

    /// <summary>What looks: a task, its events, a page, a file by its link.</summary>
    public const string Reads = "reads";

    /// <summary>What load balancers ask. It has no limit over all callers: a flood is not to take the process out of service.</summary>
    public const string Health = "health";
}
