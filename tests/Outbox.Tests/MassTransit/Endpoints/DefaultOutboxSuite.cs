using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

/// <summary>Starts an application with what a test configures, and the outbox on the store under test.</summary>
public abstract class DefaultOutboxSuite : StoreSuite
{
    private protected readonly Script _script = new();
    private protected readonly LogCapture _logs = new();

    private protected async Task<IHost> StartAsync(
        Action<IBusRegistrationConfigurator> configure,
        Action<IBusRegistrationContext, IInMemoryBusFactoryConfigurator>? configureBus = null,
        Action<IServiceCollection>? configureServices = null,
        Action<OutboxBuilder>? configureOutbox = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(_logs);
        builder.Services.AddSingleton(_script);
        builder.Services.Configure<RetryOptions>(retry => (retry.DelayedRetries, retry.FirstDelay) = (2, TimeSpan.FromMilliseconds(1)));
        builder.Services.AddMassTransitTestHarness(x =>
        {
            x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60)); // only a test that fails waits for them
            configure(x);
            x.AddOutbox(o =>
            {
                UnderTest.Use(o);
                o.Configure(options => (options.PollInterval, options.CommitTimeout) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30)));
                configureOutbox?.Invoke(o);
            });
            x.UsingInMemory((context, bus) =>
            {
                configureBus?.Invoke(context, bus);
                bus.ConfigureEndpoints(context);
            });
        });
        configureServices?.Invoke(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private protected static async Task<Guid> AddAsync<T>(IHost host, T message)
        where T : class
    {
        await using var scope = host.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return task.Id;
    }

    private protected static async Task<TaskRecord> EndsAsync(IHost host, Guid id, TaskState state)
    {
        TaskRecord? task = null;
        await Eventually.True(
            async () => (task = await host.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.State == state, $"task {id} is {state}");
        return task!;
    }
}
