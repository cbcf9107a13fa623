using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>How a process stops on SIGTERM; section <c>Shutdown</c>.</summary>
public sealed class ShutdownOptions
{
    /// <summary>
    /// How long consumers may take to finish their current messages; no new ones are accepted meanwhile. Messages that are not
    /// finished then are cancelled and delivered again. Default 20 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a stopping API continues to answer requests while its readiness check returns 503. It must cover the time in
    /// which a load balancer notices: its interval times the number of failures that it requires. Then the listener is closed and
    /// current requests are finished. Default 5 s; none in Development, and none in Standalone, which has no load balancer. A
    /// worker receives no requests and does not wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan? DrainDelay { get; set; }
}
