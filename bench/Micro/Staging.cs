using BenchmarkDotNet.Attributes;
using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Micro;

/// <summary>A message of about the size of a log entry.</summary>
public sealed record Entry(string Message, DateTimeOffset At);

/// <summary>From <c>tasks.Add</c> to a row that is ready to be written: MassTransit's pipeline, the envelope, the metadata.</summary>
public class Staging
{
    private OutboxHost _host = null!;

    [GlobalSetup]
    public async Task SetUpAsync() => _host = await OutboxHost.StartAsync("SQLite");

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _host.DisposeAsync();

    [Benchmark]
    public async Task<int> OneTask()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Entry("something has happened", DateTimeOffset.UnixEpoch));
        var unit = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        await unit.StagePendingAsync();
        var staged = unit.Work.Messages.Count;
        await unit.DiscardAsync();
        return staged;
    }
}
