using System.Security.Cryptography;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Exports;

/// <summary>
/// Reads the keys and creates the first one under a lock. Without it, two processes that start at once on an empty folder would
/// each create a key and not see the other's for up to a day.
/// </summary>
internal sealed partial class FirstKey(IDataProtectionProvider protection, IOptions<FilesOptions> files, ILogger<FirstKey> logger) : IHostedService
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(20);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var turn = await TakeTurnAsync(cancellationToken);
            protection.CreateProtector("Messaging.Exports.FirstKey").Protect([]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            LogFailed(exception); // only the exports need the keys
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The lock is an open file, which the operating system releases if the process is killed.</summary>
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(DownloadLinks.KeyFolder(files.Value).FullName, "lock");
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < MaxWait)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    [LoggerMessage(
        EventId = 3010, EventName = "ExportKeysUnavailable", Level = LogLevel.Error,
        Message = "The keys of the links to exports cannot be locked, read or created; check the shared folder (Files:Folder)")]
    private partial void LogFailed(Exception exception);
}
