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

    /// <summary>
    /// How long an API that is asked to stop goes on answering, while its readiness says 503: for as long as a load balancer may take to
    /// notice, which is its interval times the failures that it waits for. Then the listener is closed and what is in flight is finished.
    /// Default 5 s; none in Development and in Standalone, which has nothing before it. A worker is sent no requests and does not wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan? DrainDelay { get; set; }
}
