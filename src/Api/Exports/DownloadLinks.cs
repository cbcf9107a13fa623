using System.Security.Cryptography;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Exports;

/// <summary>
/// Signs links to finished exports. A link opens one export without an access key until it expires. Every API process accepts the
/// links of all others; ASP.NET Core data protection creates and rotates the keys.
/// </summary>
internal sealed class DownloadLinks(IDataProtectionProvider protection, IOptions<ExportOptions> options, TimeProvider time)
{
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Messaging.Exports.Download").ToTimeLimitedDataProtector();

    public static void KeepKeys(KeyManagementOptions keys, IOptions<FilesOptions> files) =>
        keys.XmlRepository = new FileSystemXmlRepository(
            KeyFolder(files.Value), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    /// <summary>The folder of the keys; created if it does not exist.</summary>
    public static DirectoryInfo KeyFolder(FilesOptions files) => FileFolder.CreateOwnerOnly(Path.Combine(files.Folder, "keys"));

    public DownloadLink To(Guid exportId)
    {
        var expiresAt = time.GetUtcNow() + options.Value.LinkLifetime;
        return new DownloadLink($"/exports/{exportId}/file?token={_protector.Protect(exportId.ToString("N"), expiresAt)}", expiresAt);
    }

    /// <summary>Whether the token opens this export now.</summary>
    public bool Opens(string? token, Guid exportId)
    {
        const int LongestToken = 1_000;
        try
        {
            return token is { Length: > 0 and <= LongestToken } && _protector.Unprotect(token) == exportId.ToString("N");
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>A link to download an export without an access key.</summary>
/// <param name="Url">The URL, relative to the API's address.</param>
/// <param name="ExpiresAt">When the link expires; read the export again to get a new one.</param>
internal sealed record DownloadLink(string Url, DateTimeOffset ExpiresAt);
