using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>
/// Rules and board ask for what the real processes export: a Prometheus scrapes them while all that can happen to a message happens.
/// </summary>
public sealed partial class SeenMetricsTests
{
    private const string Key = "scrapes-of-the-tests-only";

    private static readonly (string, string)[] Settings =
    [
        ("Telemetry__Metrics__Key", Key),
        ("Outbox__Signing__Keys__0__Id", "first"), ("Outbox__Signing__Keys__0__Key", Convert.ToBase64String(new byte[32])),
        ("Outbox__LostAfter", "00:00:02"), ("Outbox__QueueReportInterval", "00:00:00.5"), ("Outbox__FiguresInterval", "00:00:01"), ("Outbox__MaxDatabaseBytes", "10000000000"),
        ("Mail__Retries", "0"), ("Endpoints__Default__Retry__ImmediateRetries", "1"),
        ("AccessLog__Enabled", "true"), ("AccessLog__MaxPerSecond", "1"),
    ];

    [Fact]
    public async Task Rules_and_board_find_what_real_processes_export()
    {
        await using var system = await RealSystem.StartAsync(Settings);
        await using var prometheus = await PrometheusServer.StartAsync(Key);
        await prometheus.ScrapeAsync("api", system.Api);
        await system.Worker.TerminateAsync(); // it has declared the queues
        await LoseMessagesAsync(system);
        await prometheus.ScrapeAsync("worker", await system.StartWorker().ReadyAsync());
        await HaveSuccessRetriesAndDeadLettersAsync(system);
        await SendUnsignedAsync(system);
        await PublishInVainAsync(system);

        var board = Board.Read();
        var named = AlertRule.All.Select(rule => rule.Expr)
            .Concat(board.Panels.SelectMany(panel => panel.Queries).Select(q => q.Query))
            .Concat(board.Variables.Select(variable => variable.Query))
            .SelectMany(PromQl.Metrics).ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 30);
        IReadOnlySet<string> seen = new HashSet<string>();
        await Eventually.True(
            async () => named.IsSubsetOf(seen = await prometheus.MetricsAsync()),
            () => $"these are exported: {string.Join(", ", named.Except(seen))}. Exported are {string.Join(", ", seen.Order(StringComparer.Ordinal))}");
        foreach (var rule in AlertRule.All)
        {
            await prometheus.QueryAsync(rule.Expr);
        }

        foreach (var (panel, query, legend) in board.Panels.SelectMany(panel => panel.Queries.Select(q => (panel, q.Query, q.Legend))))
        {
            await Eventually.True(
                async () => query.Contains("5..", StringComparison.Ordinal) || await FindsAsync(prometheus, query, legend), // no request has failed
                $"'{panel.Title}' shows something for {query}, with the labels of {legend}");
        }
    }

    /// <summary>Successes, an immediate retry, a deferred attempt, a message for later, and a dead letter with a fault that nobody takes.</summary>
    private static async Task HaveSuccessRetriesAndDeadLettersAsync(RealSystem system)
    {
        var ledger = new Ledger();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ledger.SendOneAsync(system.Api.Client, $"/log?message=entry{i}")));
        system.Smtp.Replies.Enqueue("451 not now");
        system.Smtp.Replies.Enqueue("451 not now");
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");
        await ledger.AllSucceededAsync(system.Api.Client);
        system.Smtp.RecipientReplies.Enqueue("550 no such user");
        await new Ledger().SendOneAsync(system.Api.Client, "/register?email=bob@example.org");
        using var later = await system.Api.Client.PostAsJsonAsync(
            "/tasks", new { type = "LogRequested", message = new { level = "Information", message = "later", loggedAt = DateTimeOffset.UtcNow }, delay = "01:00:00" });
        Assert.True(later.IsSuccessStatusCode);
        await Eventually.True(async () => await system.CountAsync("dead_letters") == 1, "the refused mail is a dead letter");
    }

    private static async Task SendUnsignedAsync(RealSystem system)
    {
        await system.PublishAsync("Messaging.Contracts:UserRegistered", Encoding.UTF8.GetBytes("{}"), "application/vnd.masstransit+json", times: 1);
        await Eventually.True(async () => await system.CountAsync("dead_letters WHERE reason = 'Unsigned'") == 1, "it is refused");
    }

    /// <summary>An event without a subscriber, and a message whose address is none.</summary>
    private static async Task PublishInVainAsync(RealSystem system)
    {
        await system.ExecuteAsync(
            """
            INSERT INTO outbox (due_at, message_id, destination, content_type, metadata, body)
            VALUES (now(), gen_random_uuid(), 'exchange:Messaging.Nobody:Heard', 'application/vnd.masstransit+json', '{"messageTypes":["urn:message:Messaging.Nobody:Heard"]}', '{}'),
                   (now(), gen_random_uuid(), 'not an address', 'a/b', '{}', '')
            """);
        await Eventually.True(async () => await system.CountAsync("outbox WHERE destination LIKE '%Nobody%'") == 0, "the event is published");
        await Eventually.True(async () => await system.CountAsync("outbox WHERE attempts > 0") == 1, "the other one is rescheduled");
    }

    /// <summary>While no worker runs, so that they lie in the queue.</summary>
    private static async Task LoseMessagesAsync(RealSystem system)
    {
        var ledger = new Ledger();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ledger.SendOneAsync(system.Api.Client, $"/log?message=lost{i}")));
        await Eventually.True(async () => await system.MessagesAsync("log-requested") >= 5, "all of them lie with the broker");
        await RealSystem.RabbitMqCtlAsync("purge_queue", "-p", system.VirtualHost, "log-requested");
        await Eventually.True(async () => await system.MessagesAsync("log-requested") >= 5, "they are sent again");
    }

    private static async Task<bool> FindsAsync(PrometheusServer prometheus, string query, string legend)
    {
        var found = await prometheus.QueryAsync(query.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$queue", ".*", StringComparison.Ordinal));
        return found.Count > 0 && Label().Matches(legend).All(label => found.Any(labels => labels.ContainsKey(label.Groups["name"].Value)));
    }

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Label();
}
