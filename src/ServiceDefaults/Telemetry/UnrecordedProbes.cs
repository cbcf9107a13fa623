using System.Diagnostics;
using OpenTelemetry;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>Keeps requests of probes and scrapes from being recorded: they come every few seconds, and their spans say nothing.</summary>
internal sealed class UnrecordedProbes : BaseProcessor<Activity>
{
    private const string Path = "url.path";

    public override void OnStart(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem(Path) is string path && IsProbe(path))
        {
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded; // neither is what the request does
        }
    }

    private static bool IsProbe(string path) => IsBelow(path, "/health") || IsBelow(path, TelemetryExtensions.Page);

    private static bool IsBelow(string path, string start) =>
        path.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (path.Length == start.Length || path[start.Length] == '/');
}
