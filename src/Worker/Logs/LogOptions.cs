using System.ComponentModel.DataAnnotations;

namespace Messaging.Worker.Logs;

/// <summary>Retention of the activity log; section <c>Logs</c>.</summary>
internal sealed class LogOptions
{
    /// <summary>How long an entry is kept, counted from its own time or from its arrival, whichever is later. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
