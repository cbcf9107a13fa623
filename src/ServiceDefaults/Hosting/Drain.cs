using Messaging.ServiceDefaults.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Keeps an API answering for a while after it was asked to stop. Its readiness is 503 by then (<see cref="Health.StoppingHealthCheck"/>), so
/// that a load balancer sends its requests elsewhere before the listener is closed. Only then do the services stop, the listener first.
/// </summary>
internal sealed partial class Drain(TimeSpan delay, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    /// <summary>As long as a balancer takes that asks every second or two, and believes the second answer.</summary>
    public static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(5);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (delay > TimeSpan.Zero)
        {
            LogDraining(delay);
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Not ready any more; requests are answered for another {Delay}, then the listener is closed")]
    private partial void LogDraining(TimeSpan delay);
}

/// <summary>Lets an API stop without a request that fails.</summary>
public static class DrainExtensions
{
    /// <param name="builder">The host of an API.</param>
    /// <param name="hasBalancer">Whether there may be a load balancer before it; otherwise it waits only if the settings say so.</param>
    public static void AddDrain(this IHostApplicationBuilder builder, bool hasBalancer)
    {
        var delay = hasBalancer && !builder.Environment.IsDevelopment() ? Drain.DefaultDelay : TimeSpan.Zero;
        builder.Services.AddHostedService(provider => new Drain(
            provider.GetRequiredService<IOptions<ShutdownOptions>>().Value.DrainDelay ?? delay,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Drain>>()));
    }
}
