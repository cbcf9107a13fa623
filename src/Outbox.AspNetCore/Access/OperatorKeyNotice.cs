using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Logs the path of the operator's key file at the start, but not the key.</summary>
internal sealed partial class OperatorKeyNotice(string path, IOptions<AccessOptions> access, ILogger<OperatorKeyNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (access.Value.Local is not null)
        {
            LogKeyFile(Path.GetFullPath(path), ApiKeyHandler.HeaderName);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        EventId = 2000, EventName = "OperatorKey", Level = LogLevel.Information,
        Message = "The operator's key is in {File}: curl -H \"{Header}: $(cat '{File}')\" …")]
    private partial void LogKeyFile(string file, string header);
}
