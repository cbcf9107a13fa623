using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Declares the exchanges and bindings of this process's endpoints again and again. The broker tells a consumer that its queue was deleted, and MassTransit declares it; of
/// an exchange or a binding nobody is told, and messages would be without a queue until the worker is restarted.
/// </summary>
internal sealed class TopologyKeeper(IOptions<RabbitMqOptions> options, DeclaredTopology topology, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15), Deadline = TimeSpan.FromSeconds(10);

    private readonly RabbitMqChannels _channels = new(options, "topology");

    public override void Dispose()
    {
        base.Dispose();
        _channels.DisposeAsync().AsTask().Wait(Deadline);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await DeclareAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private async Task DeclareAsync(CancellationToken stoppingToken)
    {
        if (topology.IsEmpty)
        {
            return; // a process without consumers
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(Deadline);
        try
        {
            await using var channel = await _channels.OpenAsync(deadline.Token);
            await topology.DeclareAsync(channel, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception) when (!stoppingToken.IsCancellationRequested)
        {
            // The broker is away, which the monitor logs; or a queue is, which its endpoint is declaring.
        }
    }
}
