using System.Text.Json;
using Messaging.Faults.Servers;
using Messaging.Faults.Verdict;
using Npgsql;

namespace Messaging.Faults.Commands;

/// <summary>Waits until nothing is under way any more, for as long as it becomes less.</summary>
internal sealed class QuietWatch(SystemUnderTest system)
{
    /// <summary>RabbitMQ counts every 5 s.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(7);

    /// <summary>Longer than the database takes to free what a vanished dispatcher has claimed.</summary>
    private static readonly TimeSpan NoProgressFor = TimeSpan.FromSeconds(100);

    /// <summary>What is still under way.</summary>
    public string? Open { get; private set; }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var (least, lastProgress, quietSince) = (long.MaxValue, DateTime.UtcNow, (DateTime?)null);
        while (DateTime.UtcNow - lastProgress < NoProgressFor)
        {
            var open = await CountAsync();
            if (open < least)
            {
                (least, lastProgress) = (open, DateTime.UtcNow);
            }

            quietSince = open == 0 ? quietSince ?? DateTime.UtcNow : null;
            if (DateTime.UtcNow - quietSince > QuietFor)
            {
                return;
            }

            await Task.Delay(1_000, cancellationToken);
        }
    }

    private async Task<long> CountAsync()
    {
        try
        {
            var tasks = await system.Postgres.ExecuteAsync("SELECT count(*) FROM tasks WHERE state NOT IN (3, 4, 7, 8)");
            var outbox = await system.Postgres.ExecuteAsync($"SELECT (SELECT count(*) FROM outbox WHERE {Snapshot.IsNotKept}) + (SELECT count(*) FROM sent_messages)");
            var messages = (await system.Broker.DepthsAsync()).Values.Sum(Math.Abs);
            Open = $"{tasks} tasks, {outbox} rows, {messages} messages left";
            return tasks + outbox + messages;
        }
        catch (Exception exception) when (exception is NpgsqlException or HttpRequestException or TaskCanceledException or JsonException)
        {
            Open = exception.Message;
            return long.MaxValue;
        }
    }
}
