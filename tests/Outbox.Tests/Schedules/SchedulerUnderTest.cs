using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Schedules;

public sealed record Tick
{
    public required string Name { get; init; }
}

/// <summary>A process that runs schedules when the test asks for it, by the test's clock; what it enqueues stays in the outbox.</summary>
internal sealed class SchedulerUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private SchedulerUnderTest(IHost host, LogCapture logs)
    {
        _host = host;
        Logs = logs;
    }

    public LogCapture Logs { get; }

    public static async Task<SchedulerUnderTest> StartAsync(StoreUnderTest store, FakeTimeProvider time, bool knowsTypes = true, Action<IServiceCollection>? declare = null)
    {
        var builder = Host.CreateApplicationBuilder();
        var logs = new LogCapture();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(new StoreClock(time)); // the database's time is the test's
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(o =>
            {
                store.Use(o);
                o.Configure(options =>
                {
                    options.Dispatch = false;
                    options.RunSchedules = false;
                    options.CommitTimeout = TimeSpan.FromSeconds(30);
                });
            });
            x.UsingInMemory();
        });
        if (knowsTypes)
        {
            builder.Services.AddTaskType<Tick>();
        }

        declare?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new SchedulerUnderTest(host, logs);
    }

    /// <summary>One look at what is due.</summary>
    public Task<int> LookAsync() => _host.Services.GetRequiredService<DueSchedules>().RunAsync(default);

    /// <summary>What a process that runs schedules does at its start.</summary>
    public Task DeclareAsync() => _host.Services.GetRequiredService<ScheduleRunner>().DeclareAsync(default);

    /// <summary>What a process does at its start, and then every minute.</summary>
    public Task RepairAsync() => _host.Services.GetRequiredService<ScheduleRepair>().RunAsync(default);

    /// <summary>Does something with the schedules and commits it, as an endpoint does.</summary>
    public Task<T> DoAsync<T>(Func<ITaskSchedules, Task<T>> action) => WithAsync(action);

    /// <summary>Adds tasks and commits them.</summary>
    public Task<T> WithTasksAsync<T>(Func<IBackgroundTasks, Task<T>> action) => WithAsync(action);

    private async Task<T> WithAsync<TService, T>(Func<TService, Task<T>> action)
        where TService : notnull
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var result = await action(scope.ServiceProvider.GetRequiredService<TService>());
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return result;
    }

    public async Task<ScheduleRecord> PutAsync(
        string cron, MisfirePolicy misfire = MisfirePolicy.FireOnce, string zone = "UTC", string name = "tick", string message = "a") =>
        (await DoAsync(s => s.PutAsync(Definition(cron, misfire, zone, name, message), paused: null, "ann"))).Schedule;

    public async Task<ScheduleRecord> FindAsync(string name = "tick") => (await DoAsync(s => s.FindAsync(name)))!;

    public static ScheduleDefinition Definition(
        string cron, MisfirePolicy misfire = MisfirePolicy.FireOnce, string zone = "UTC", string name = "tick", string message = "a") => new()
        {
            Name = name,
            Cron = cron,
            Misfire = misfire,
            TimeZone = zone,
            Type = nameof(Tick),
            Message = JsonSerializer.SerializeToElement(new { name = message }),
        };

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }
}
