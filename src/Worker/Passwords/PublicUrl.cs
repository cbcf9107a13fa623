using Messaging.ServiceDefaults.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Passwords;

/// <summary>
/// The base address of links in mails: the setting <c>Passwords:PublicUrl</c>, else the address at which the API in this process
/// listens. A worker without the API in its process uses <c>localhost</c> and logs which address it uses.
/// </summary>
internal sealed partial class PublicUrl(
    IOptions<PasswordMailOptions> options, ListenedAddresses addresses, ILogger<PublicUrl> logger, ApiInProcess? api = null) : IHostedLifecycleService
{
    public const string Default = "http://localhost:8080";

    private readonly TaskCompletionSource<string> _derived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The address without a trailing slash. Waits until the process listens.</summary>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken) =>
        options.Value.PublicUrl is { } set ? set.TrimEnd('/') : await _derived.Task.WaitAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var url = options.Value.PublicUrl ?? (api is null ? null : addresses.ForBrowsers) ?? Default;
        _derived.TrySetResult(url);
        LogUrl(url);
        if (options.Value.PublicUrl is null && addresses.AreOpenToOthers && new Uri(url).IsLoopback)
        {
            LogLocal(url);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 3020, EventName = "PublicUrl", Level = LogLevel.Information, Message = "Links in mails begin with {Url} (Passwords:PublicUrl)")]
    private partial void LogUrl(string url);

    [LoggerMessage(
        EventId = 3021, EventName = "PublicUrlIsLocal", Level = LogLevel.Warning,
        Message = "Links in mails begin with {Url}, which works on this machine only, but the process listens on other addresses too. Set Passwords:PublicUrl to the address at which browsers reach the API")]
    private partial void LogLocal(string url);
}
