using System.Diagnostics;
using Messaging.Api.Access;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Api.Data;

/// <summary>
/// Who read the data, when, and in which trace. It is committed before the answer goes out, so nobody gets data without it. Who was
/// refused has read nothing, and is found in the access log.
/// </summary>
internal static class DataAudit
{
    public static LogRequested Of(HttpContext http)
    {
        var who = http.Who();
        return new LogRequested
        {
            Level = LogSeverity.Information,
            Message = $"{who} read the data",
            Properties = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["audit"] = "data.read",
                ["user"] = who,
                ["trace"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier,
            },
            LoggedAt = http.RequestServices.GetRequiredService<StoreClock>().GetUtcNow(),
        };
    }
}
