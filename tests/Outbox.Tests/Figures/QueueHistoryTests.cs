using Messaging.Outbox.Effects;
using Messaging.Outbox.Figures;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Figures;

public sealed class SqliteQueueHistoryTests : QueueHistoryTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresQueueHistoryTests : QueueHistoryTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The depth of queues is kept by the minute.</summary>
public abstract class QueueHistoryTests : OutboxStoreSuite
{
    private readonly FakeTimeProvider _time = new(EffectSql.StartOf(DateTimeOffset.UtcNow, EffectSql.Minute).AddSeconds(30));
    private readonly LogCapture _logs = new();

    [Theory]
    [InlineData(false, 7)]
    [InlineData(true, 6)]
    public async Task A_depth_is_what_waits_in_the_outbox_and_at_the_broker(bool rowsAreInFlight, int depth)
    {
        await AddAsync("mail", due: 2, inFlight: 1);
        await AddAsync("lost", due: 3, inFlight: 0);
        var history = History();
        Assert.True(history.IsDue);

        await history.WriteAsync(await FiguresAsync(new() { ["mail"] = 5 }), rowsAreInFlight, default);

        Assert.Equal([("mail", depth)], await DepthsAsync()); // the broker did not say how many the other one has
        Assert.False(history.IsDue);
    }

    [Fact]
    public async Task Each_minute_has_a_row_until_it_is_too_old()
    {
        await AddAsync("mail", due: 1, inFlight: 0);
        var history = History();
        for (var day = 0; day < 10; day++)
        {
            Assert.True(history.IsDue);
            await history.WriteAsync(await FiguresAsync(new() { ["mail"] = day }), rowsAreInFlight: false, default);
            await History().WriteAsync(await FiguresAsync(new() { ["mail"] = day }), rowsAreInFlight: false, default); // another reporter in the same minute
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(8, (await DepthsAsync()).Count);
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task Without_the_table_a_warning_is_logged_once()
    {
        await AddAsync("mail", due: 1, inFlight: 0);
        var figures = await FiguresAsync(new() { ["mail"] = 1 });
        await UnderTest.ExecuteAsync(Store.Dialect.Names.Schema is null ? "DROP TABLE queue_depths" : $"DROP TABLE {UnderTest.NameOf("queue_depths")} CASCADE");
        var history = History();

        await history.WriteAsync(figures, rowsAreInFlight: false, default);
        Assert.False(history.IsDue);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(history.IsDue);
        await history.WriteAsync(figures, rowsAreInFlight: false, default);

        Assert.Single(_logs.Lines);
    }

    private QueueHistory History() => new(Store.Commits, Store.Dialect, new StoreClock(_time), new LoggerFactory([_logs]).CreateLogger<QueueHistory>());

    private async Task<FigureSet> FiguresAsync(Dictionary<string, long> depths)
    {
        var now = DateTimeOffset.UtcNow;
        return new FigureSet((await Store.Figures.ReadAsync(new FigureTurn(Guid.Empty, Exports: false, TimeSpan.FromSeconds(5), [], now, now.AddSeconds(-15)) { ReadsAll = true }, default))!, now, depths);
    }

    private Task<IReadOnlyList<(string, long)>> DepthsAsync() =>
        Store.Queries.QueryAsync("SELECT queue, depth FROM messaging.queue_depths", [], r => (r.GetString(0), r.GetInt64(1)), default);

    private async Task AddAsync(string queue, int due, int inFlight)
    {
        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            await transaction.Own.ExecuteAsync("INSERT INTO messaging.queues (name, message_types, updated_at) VALUES ($1, '[]', $2)", default, queue, new StoreTime(DateTimeOffset.UtcNow));
            await transaction.Own.ExecuteAsync(
                "INSERT INTO messaging.queue_workers (queue, worker, concurrency, in_flight, consumed, rate, seen_at) VALUES ($1, 'w:1', 4, $2, 0, 0, $3)", default, queue, inFlight, new StoreTime(DateTimeOffset.UtcNow));
            await transaction.CommitAsync(new StagedWork(), default);
        }

        await CommitAsync([.. Enumerable.Range(0, due).Select(_ => Work.With(Work.Message() with { Queue = queue }))]);
    }
}
