using System.Diagnostics;
using OpenTelemetry;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Takes out of spans what callers write and what may be a secret. A request is known by its route: its path and its query string
/// can hold tokens and addresses (links to reset a password), and so can whatever a caller sends to a path that does not exist.
/// </summary>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    private const string Url = "url.full";

    /// <summary>Beginnings and ends of the names of what a caller writes, and of its address.</summary>
    private static readonly string[] OfCallers = ["url.", "user_agent.", "client.", "network.peer.", "server.", "http.request.header."], AsSent = [".original", "_original"];

    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server)
        {
            foreach (var tag in data.TagObjects.Select(t => t.Key).Where(IsOfCaller).ToList())
            {
                data.SetTag(tag, value: null); // removes it
            }
        }

        if (data.GetTagItem(Url) is string url)
        {
            data.SetTag(Url, WithoutQuery(url));
        }

        if (data.StatusDescription is { } description && Redacted.Text(description) is var text && !ReferenceEquals(text, description))
        {
            data.SetStatus(data.Status, text);
        }

        RedactTags(data);
    }

    private static bool IsOfCaller(string tag) =>
        tag is not "url.scheme"
        && (OfCallers.Any(start => tag.StartsWith(start, StringComparison.Ordinal)) || AsSent.Any(end => tag.EndsWith(end, StringComparison.Ordinal)));

    private static void RedactTags(Activity data)
    {
        List<(string Name, string Text)>? changed = null;
        foreach (ref readonly var tag in data.EnumerateTagObjects())
        {
            if (tag.Value is string value && Redacted.Text(value) is var text && !ReferenceEquals(text, value))
            {
                (changed ??= []).Add((tag.Key, text));
            }
        }

        foreach (var (name, text) in changed ?? [])
        {
            data.SetTag(name, text);
        }
    }

    private static string WithoutQuery(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        ? parsed.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) // also without user and password
        : url.Split('?')[0];
}
