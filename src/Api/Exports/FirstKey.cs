using System.Security.Cryptography;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Exports;

/// <summary>
/// Reads the keys, and makes the first one, while no other process does: of two that start at once on an empty folder each would make one,
/// and not know the other's for up to a day.
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
            LogFailed(exception); // it is only the exports that cannot do without
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The lock is an open file: a process that is killed lets go of it.</summary>
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

    [LoggerMessage(LogLevel.Error, "The keys of the links to exports cannot be locked, read or made; is the shared folder (Files:Folder) the right one?")]
    private partial void LogFailed(Exception exception);
}
