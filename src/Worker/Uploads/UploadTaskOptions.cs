using System.ComponentModel.DataAnnotations;

namespace Messaging.Worker.Uploads;

/// <summary>Settings of the processing and the retention of uploads; section <c>Uploads</c>.</summary>
internal sealed class UploadTaskOptions
{
    /// <summary>How long an upload is kept, unless a newer one replaces it. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The age of a file or a row from which on a sweep treats a missing counterpart as lost. It must exceed the time from an
    /// upload's last byte to its commit, and the duration of a processing attempt. Default 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The maximum number of pixels of an image. A larger image is refused by its header, before it is decoded. A pixel takes 5.5
    /// bytes of memory, up to 13.5 in an interlaced PNG, and a process decodes one image at a time. Default 40,000,000.
    /// </summary>
    [Range(65_536, 500_000_000)]
    public int MaxPixels { get; set; } = 40_000_000;
}
