using System.Globalization;
using Messaging.Contracts;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// What is known of a request that was answered. Never its path, query string, headers or body: they may hold an address or a
/// secret, and the route's template says what was asked for.
/// </summary>
/// <param name="At">When it had been answered.</param>
/// <param name="Method">Its method, or <c>_OTHER</c>.</param>
/// <param name="Route">The template of its route, or <c>(none)</c>.</param>
/// <param name="Status">The status that the client saw; 499 when it went away before.</param>
/// <param name="Duration">From its arrival to the end of its answer.</param>
/// <param name="User">The name of the caller's key, if there was one.</param>
/// <param name="TraceId">The id of its trace.</param>
/// <param name="Address">Where it came from, if that is to be logged.</param>
internal readonly record struct AccessLogEntry(
    DateTimeOffset At, string Method, string Route, int Status, TimeSpan Duration, string? User, string TraceId, string? Address)
{
    public LogRequested ToMessage()
    {
        var (status, duration) = (
            Status.ToString(CultureInfo.InvariantCulture), Duration.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture));
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["method"] = Method,
            ["route"] = Route,
            ["status"] = status,
            ["durationMs"] = duration,
            ["trace"] = TraceId,
        };
        if (User is not null)
        {
            properties["user"] = User;
        }

        if (Address is not null)
        {
            properties["address"] = Address;
        }

        return new LogRequested
        {
            Level = Status >= 500 ? LogSeverity.Error : Status >= 400 ? LogSeverity.Warning : LogSeverity.Information,
            Message = $"{Method} {Route} {status} in {duration} ms",
            Properties = properties,
            LoggedAt = At,
            Source = LogSource.Access,
        };
    }
}
