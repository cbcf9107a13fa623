using MassTransit;
using Messaging.Outbox.Idempotency;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Schedules;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Clock;

/// <summary>A process on a machine whose clock is 40 days ahead, over a PostgreSQL whose clock is right.</summary>
public sealed class WrongClockTests : IAsyncLifetime
{
    private readonly MachineTime _machine = new() { Ahead = TimeSpan.FromDays(40) };
    private readonly LogCapture _logs = new();
    private StoreUnderTest _store = null!;
    private IHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await PostgresUnderTest.CreateAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(_logs);
        builder.Services.AddSingleton<TimeProvider>(_machine);
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(o =>
            {
                _store.Use(o);
                o.Configure(options =>
                {
                    options.Dispatch = false;
                    options.RunSchedules = false;
                    options.CommitTimeout = TimeSpan.FromSeconds(30);
                    options.ClockInterval = TimeSpan.FromMilliseconds(100);
                });
            });
            x.UsingInMemory();
        });
        builder.Services.AddTaskType<Tick>();
        _host = builder.Build();
        await _host.StartAsync();
        await Eventually.True(() => _logs.Lines.Any(IsWarning), "the clocks are compared"); // the first reading may time out
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_wrong_clock_is_logged_once_and_nothing_is_changed()
    {
        await InsertOldAndNewAsync();
        var (cleaner, runner) = (Cleaner, _host.Services.GetRequiredService<ScheduleRunner>());

        Assert.False(await cleaner.TryCleanUpAsync(default));
        Assert.False(await runner.TryPollAsync(default));

        Assert.Equal((3, 3), (await _store.CountAsync("inbox"), await _store.CountAsync("tasks")));
        Assert.Single(_logs.Lines, IsWarning);

        _machine.Ahead = TimeSpan.Zero;
        Assert.True(await cleaner.TryCleanUpAsync(default));
        Assert.True(await runner.TryPollAsync(default));
        Assert.Equal((2, 2), (await _store.CountAsync("inbox"), await _store.CountAsync("tasks")));
    }

    [Fact]
    public async Task A_wrong_clock_runs_and_moves_no_schedule_early()
    {
        var put = await DoAsync(services => services.GetRequiredService<ITaskSchedules>().PutAsync(
            SchedulerUnderTest.Definition($"0 {DateTimeOffset.UtcNow.AddHours(12).Hour} * * *"), paused: null, "ann"));
        AssertIsNow(put.Schedule.UpdatedAt);
        Assert.InRange(put.Schedule.NextDueAt!.Value, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(0, await _host.Services.GetRequiredService<DueSchedules>().RunAsync(default));

        Assert.Equal(0, await _store.CountAsync("tasks"));
        Assert.Equal(1, await _store.CountAsync("schedules", "next_due_at < now() + interval '1 day' AND last_due_at IS NULL"));
        Assert.Equal(1, await _store.CountAsync("audit", "at BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'"));
    }

    [Fact]
    public async Task A_wrong_clock_ends_no_unique_window_and_makes_no_id()
    {
        var first = await DoAsync(AddUniqueAsync);
        Assert.Equal(first, await DoAsync(AddUniqueAsync));
        AssertIsNow(Uuid7.TimeOf(first));
        Assert.Equal(1, await _store.CountAsync("unique_tasks", "until BETWEEN now() AND now() + interval '61 minutes'"));

        static Task<Guid> AddUniqueAsync(IServiceProvider services) =>
            services.GetRequiredService<IBackgroundTasks>().AddUniqueAsync(new Tick { Name = "a" }, "key", TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task An_answer_that_is_kept_has_the_database_s_time()
    {
        var answer = new StoredAnswer { RequestHash = "x", Status = 202, Body = "{}" };
        await DoAsync(async services => Assert.Null(await services.GetRequiredService<IdempotentRequests>().TryCommitAsync("key", answer)));

        Assert.Equal(1, await _store.CountAsync("idempotency_answers", "created_at BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'"));
    }

    private RetentionCleaner Cleaner => _host.Services.GetServices<IHostedService>().OfType<RetentionCleaner>().Single();

    private async Task<T> DoAsync<T>(Func<IServiceProvider, Task<T>> action)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var result = await action(scope.ServiceProvider);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return result;
    }

    private async Task DoAsync(Func<IServiceProvider, Task> action)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await action(scope.ServiceProvider);
    }

    /// <summary>Of an hour, of five days and of fifty; the retention is seven.</summary>
    private async Task InsertOldAndNewAsync()
    {
        foreach (var age in (string[])["1 hour", "5 days", "50 days"])
        {
            await _store.ExecuteAsync(
                $"""
                INSERT INTO inbox (message_id, consumer_id, consumed_at) VALUES (gen_random_uuid(), gen_random_uuid(), now() - interval '{age}');
                INSERT INTO tasks (id, kind, state, created_at, finished_at)
                VALUES (gen_random_uuid(), 'old', {(int)TaskState.Succeeded}, now() - interval '{age}', now() - interval '{age}')
                """);
        }
    }

    private static bool IsWarning(string line) => line.Contains("40 days ahead of the database's", StringComparison.Ordinal);

    private static void AssertIsNow(DateTimeOffset time) =>
        Assert.InRange(time, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(2));
}
