namespace Messaging.Browser.Tests.Hosts;

/// <summary>A running system with a dashboard.</summary>
public abstract class DashboardHost : IAsyncDisposable
{
    /// <summary>Mails to this address always fail.</summary>
    public const string Broken = "broken@example.org";

    /// <summary>Settings that both systems have: failures are final after a moment, and what a process reports is seen soon.</summary>
    protected static IEnumerable<(string Name, string Value)> Shared =>
    [
        ("AccessLog__Enabled", "false"),
        ("RateLimits__MailsPerHour", "1000"),
        ("RateLimits__MailsPerDay", "1000"),
        ("Mail__FailFor__0", Broken),
        ("Mail__BreakMinimumAttempts", "10000"), // one address that fails is not a server that is away
        ("Mail__Retries", "0"),
        ("Endpoints__Default__Retry__ImmediateRetries", "0"),
        ("Endpoints__Default__Retry__DelayedRetries", "1"),
        ("Endpoints__Default__Retry__FirstDelay", "00:00:00.2"),
        ("Outbox__QueueReportInterval", "00:00:01"),
        ("Outbox__CommitTimeout", "00:00:30"), // a commit that is slow on a busy machine is not what is tested
    ];

    public abstract Uri Address { get; }

    /// <summary>Asks as the operator ann, past the browser.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Stops what executes tasks, at once and without a goodbye.</summary>
    public abstract Task KillWorkerAsync();

    /// <summary>Stops what serves the dashboard.</summary>
    public abstract Task KillServerAsync();

    /// <summary>Starts what serves the dashboard, at the same address.</summary>
    public abstract Task StartServerAsync();

    /// <summary>Stores a queue as one that a worker has reported, which nobody consumes by now.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="type">The type of message that it takes, as it is on the wire.</param>
    public abstract Task AddQueueAsync(string name, string type);

    public virtual ValueTask DisposeAsync()
    {
        Client.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected void Connect()
    {
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(1) };
        Client.DefaultRequestHeaders.Add("X-Api-Key", Keys.Ann);
    }
}
