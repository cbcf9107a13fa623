using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>How a process stops on SIGTERM; section <c>Shutdown</c>.</summary>
public sealed class ShutdownOptions
{
    /// <summary>
    /// How long consumers may finish what they have in hand; nothing new is taken meanwhile. What is not finished then is
    /// cancelled and delivered again. Default 20 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}
