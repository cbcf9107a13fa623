using System.Globalization;
using Messaging.Contracts;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// What is logged of a request. Never its path, query string, headers or body, which can contain an address or a secret; the
/// route template identifies the request.
/// </summary>
/// <param name="At">When the response was complete.</param>
/// <param name="Method">The HTTP method, or <c>_OTHER</c>.</param>
/// <param name="Route">The route template, or <c>(none)</c>.</param>
/// <param name="Status">The status that the client received; 499 if it disconnected before that.</param>
/// <param name="Duration">From the request's arrival to the end of the response.</param>
/// <param name="User">The name of the caller's access key, if any.</param>
/// <param name="TraceId">The trace id.</param>
/// <param name="Address">The client's IP address, if addresses are logged.</param>
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
