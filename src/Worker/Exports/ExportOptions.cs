using System.ComponentModel.DataAnnotations;

namespace Messaging.Worker.Exports;

/// <summary>Settings of the exports; section <c>Exports</c>.</summary>
internal sealed class ExportOptions
{
    /// <summary>How long a worker writes one part, and so how much work is lost if it dies. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:02:00")]
    public TimeSpan PartDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an export is kept after it was requested. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);
}
