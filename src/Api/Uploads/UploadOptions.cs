using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Uploads;

/// <summary>Limits of uploads; section <c>Uploads</c>.</summary>
internal sealed class UploadOptions
{
    /// <summary>The maximum size of a form without its file.</summary>
    private const int FormBytes = 64 * 1_024;

    /// <summary>The maximum size of a file in bytes; a larger one is answered with 413. Default 10 MiB.</summary>
    [Range(1_024, 1_024L * 1_024 * 1_024)]
    public long MaxBytes { get; set; } = 10 * 1_024 * 1_024;

    /// <summary>The maximum size of a body in bytes: the file and the form around it.</summary>
    public long MaxBodyBytes => MaxBytes + FormBytes;

    /// <summary>
    /// The bytes that must stay free on the disk; an upload that would use them is answered with 507. Checked before an upload
    /// and after each MiB of it, so each upload in flight can exceed the limit by up to 1 MiB. Default 512 MiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 512L * 1_024 * 1_024;
}
