using System.Security.Cryptography;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Exports;

/// <summary>
/// Signs the links to finished exports, so that they can be opened by whoever they are given to, until they expire, and nothing else can.
/// Every API process takes the links of every other; the keys are made and renewed by ASP.NET Core's data protection.
/// </summary>
internal sealed class DownloadLinks(IDataProtectionProvider protection, IOptions<ExportOptions> options, TimeProvider time)
{
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Messaging.Exports.Download").ToTimeLimitedDataProtector();

    public static void KeepKeys(KeyManagementOptions keys, IOptions<FilesOptions> files) =>
        keys.XmlRepository = new FileSystemXmlRepository(
            KeyFolder(files.Value), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    /// <summary>Where the keys lie; created when it is not there.</summary>
    public static DirectoryInfo KeyFolder(FilesOptions files) => FileFolder.CreateOwnerOnly(Path.Combine(files.Folder, "keys"));

    public DownloadLink To(Guid exportId)
    {
        var expiresAt = time.GetUtcNow() + options.Value.LinkLifetime;
        return new DownloadLink($"/exports/{exportId}/file?token={_protector.Protect(exportId.ToString("N"), expiresAt)}", expiresAt);
    }

    /// <summary>Whether a token opens this export now.</summary>
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

/// <summary>Where an export can be downloaded without a key.</summary>
/// <param name="Url">The address, relative to the API's.</param>
/// <param name="ExpiresAt">Until when; ask for the export again to get another.</param>
internal sealed record DownloadLink(string Url, DateTimeOffset ExpiresAt);
