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
        if (data.StatusDescription is { } description && Redacted.Text(description) is var text && !ReferenceEquals(text, description))
        {
            data.SetStatus(data.Status, text);
        }

        RedactTags(data);
    }

    private static bool IsOfCaller(string tag)
    {
        foreach (var start in OfCallers)
        {
            if (tag.StartsWith(start, StringComparison.Ordinal))
            {
                return tag is not "url.scheme";
            }
        }

        foreach (var end in AsSent)
        {
            if (tag.EndsWith(end, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void RedactTags(Activity data)
    {
        List<KeyValuePair<string, object?>>? changed = null;
        foreach (ref readonly var tag in data.EnumerateTagObjects())
        {
            var value = data.Kind == ActivityKind.Server && IsOfCaller(tag.Key) ? null : Shown(tag.Key, tag.Value);
            if (!ReferenceEquals(value, tag.Value))
            {
                (changed ??= new(capacity: 8)).Add(new(tag.Key, value));
            }
        }

        foreach (var (name, value) in changed ?? [])
        {
            data.SetTag(name, value); // null removes it
        }
    }

    private static object? Shown(string name, object? value) => value is not string text ? value : Redacted.Text(name is Url ? WithoutQuery(text) : text);

    private static string WithoutQuery(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        ? parsed.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) // also without user and password
        : url.Split('?')[0];
}
