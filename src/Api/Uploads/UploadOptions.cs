using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Uploads;

/// <summary>Limits of what is uploaded; section <c>Uploads</c>.</summary>
internal sealed class UploadOptions
{
    /// <summary>The largest file, in bytes; a larger one is answered with 413. Default 10 MiB.</summary>
    [Range(1_024, 1_024L * 1_024 * 1_024)]
    public long MaxBytes { get; set; } = 10 * 1_024 * 1_024;

    /// <summary>What has to stay free on the disk, in bytes; an upload that would take of it is answered with 507. Default 512 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 512L * 1_024 * 1_024;
}
