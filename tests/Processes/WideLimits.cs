namespace Messaging.Processes;

/// <summary>
/// Limits for a load that comes from one address and registers with one domain, thousands a second. Everything is still counted, so that what
/// is measured has the cost of it.
/// </summary>
public static class WideLimits
{
    private const string Wide = "1000000000";

    /// <summary>As the environment says it to an API, a worker or Standalone.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(
        from kind in (string[])["Accounts", "Logs", "Reads", "Health", "Keys", "Mailbox", "Domain"]
        from limit in kind is "Accounts" or "Logs" or "Reads" ? (string[])["Burst", "PerMinute", "TotalBurst", "TotalPerMinute"] : ["Burst", "PerMinute"]
        select KeyValuePair.Create($"RateLimits__{kind}__{limit}", Wide))
    {
        ["RateLimits__MailsPerDomainPerHour"] = Wide,
    };
}
