using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Keeps an API serving requests for a while after it was asked to stop. Its readiness check already returns 503 (its health
/// check <c>stopping</c>), so that a load balancer sends requests elsewhere before the listener closes. Then the
/// services stop, the listener first.
/// </summary>
internal sealed partial class Drain(TimeSpan delay, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    /// <summary>Enough for a load balancer that checks every one or two seconds and reacts to the second failure.</summary>
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

    [LoggerMessage(
        EventId = 1010, EventName = "Draining", Level = LogLevel.Information,
        Message = "No longer ready; requests are served for another {Delay}, then the listener closes")]
    private partial void LogDraining(TimeSpan delay);
}

/// <summary>Registers the drain, which lets an API stop without failing requests.</summary>
public static class DrainExtensions
{
    /// <param name="builder">The host of an API.</param>
    /// <param name="hasBalancer">Whether a load balancer may be in front of it; otherwise it waits only if <c>Shutdown:DrainDelay</c> is set.</param>
    public static void AddDrain(this IHostApplicationBuilder builder, bool hasBalancer)
    {
        var delay = hasBalancer && !builder.Environment.IsDevelopment() ? Drain.DefaultDelay : TimeSpan.Zero;
        builder.Services.AddHostedService(provider => new Drain(
            provider.GetRequiredService<IOptions<ShutdownOptions>>().Value.DrainDelay ?? delay,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Drain>>()));
    }
}
