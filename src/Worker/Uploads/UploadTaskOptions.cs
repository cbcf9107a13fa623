using System.ComponentModel.DataAnnotations;

namespace Messaging.Worker.Uploads;

/// <summary>How uploads are processed, and how long they are kept; section <c>Uploads</c>.</summary>
internal sealed class UploadTaskOptions
{
    /// <summary>How long an upload is kept that nothing replaces. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How old a file or a row has to be before a sweep misses its counterpart: longer than an upload takes from its last byte to its
    /// commit, than an attempt to process it may take, and than clocks differ. Default 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The pixels that an image may have to get a thumbnail; a larger one is refused by its header, before anything is decoded. One
    /// takes 5.5 bytes of memory, in an interlaced PNG up to 13.5, and a process decodes one image at a time. Default 40,000,000.
    /// </summary>
    [Range(65_536, 500_000_000)]
    public int MaxPixels { get; set; } = 40_000_000;
}
