using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Hosting;

/// <summary>Logs the pipeline of each queue at the start.</summary>
internal sealed partial class PipelineLog(IOutboxPipelines pipelines, ILogger<PipelineLog> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            foreach (var pipeline in pipelines.All)
            {
                LogPipeline(pipeline);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1900, EventName = "PipelinePrinted", Level = LogLevel.Debug, Message = "Pipeline of {Pipeline}")]
    private partial void LogPipeline(OutboxPipeline pipeline);
}
