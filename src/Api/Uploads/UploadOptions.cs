using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Uploads;

/// <summary>Limits of what is uploaded; section <c>Uploads</c>.</summary>
internal sealed class UploadOptions
{
    /// <summary>What a form may have around its file.</summary>
    private const int FormBytes = 64 * 1_024;

    /// <summary>The largest file, in bytes; a larger one is answered with 413. Default 10 MiB.</summary>
    [Range(1_024, 1_024L * 1_024 * 1_024)]
    public long MaxBytes { get; set; } = 10 * 1_024 * 1_024;

    /// <summary>The largest body, in bytes: the file, and the form around it.</summary>
    public long MaxBodyBytes => MaxBytes + FormBytes;

    /// <summary>
    /// What has to stay free on the disk, in bytes; an upload that would take of it is answered with 507. It is looked at before an upload
    /// and after each MiB of it, so that each one under way may take up to 1 MiB of it. Default 512 MiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 512L * 1_024 * 1_024;
}
