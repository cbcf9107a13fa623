using Messaging.ServiceDefaults.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Passwords;

/// <summary>
/// What the links in mails begin with: the setting <c>Passwords:PublicUrl</c>, else where the API of this very process listens. A worker whose API is
/// another process cannot know, and takes this machine; it says so at the start.
/// </summary>
internal sealed partial class PublicUrl(
    IOptions<PasswordMailOptions> options, ListenedAddresses addresses, ILogger<PublicUrl> logger, ApiInProcess? api = null) : IHostedLifecycleService
{
    public const string Default = "http://localhost:8080";

    private readonly TaskCompletionSource<string> _derived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Without a slash at its end. A message that comes before the listener waits for it.</summary>
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

    [LoggerMessage(LogLevel.Information, "Links in mails begin with {Url} (Passwords:PublicUrl)")]
    private partial void LogUrl(string url);

    [LoggerMessage(
        LogLevel.Warning,
        "Links in mails begin with {Url}, which only this machine can follow, and others may reach this process. Set Passwords:PublicUrl to where a browser reaches the API")]
    private partial void LogLocal(string url);
}
