using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Declares the exchanges and bindings of this process's endpoints again and again. The broker tells a consumer that its queue was deleted, and MassTransit declares it; of
/// an exchange or a binding nobody is told, and messages would be without a queue until the worker is restarted.
/// </summary>
internal sealed partial class TopologyKeeper(
    IOptions<RabbitMqOptions> options, DeclaredTopology topology, TimeProvider time, ILogger<TopologyKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15), Deadline = TimeSpan.FromSeconds(10);

    private readonly RabbitMqChannels _channels = new(options, "topology");
    private readonly OutageLog _refused = new(time, error => LogRefused(logger, error));

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
            await topology.DeclareAsync(_channels.OpenAsync, _refused.Report, deadline.Token);
        }
        catch (Exception)
        {
            // The broker is away, which the monitor logs; or the host is stopping.
        }
    }

    [LoggerMessage(
        EventId = 1914, EventName = "TopologyRefused", Level = LogLevel.Warning,
        Message = "The broker refuses an exchange or a binding of this process's consumers, so messages may find no queue; correct or delete what is in its way, and restart the worker of a queue that is missing: {Error}")]
    private static partial void LogRefused(ILogger logger, string error);
}
