namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Where <see cref="OutboxApiExtensions.MapOutbox"/> has mapped the routes: a group of the application may give them a prefix, which addresses in answers need too.</summary>
internal sealed class OutboxAddress
{
    private const string OneTask = "/tasks/{id:guid}";

    private static readonly string[] Own = ["/tasks/", "/bulk-actions/", "/schedules/"];

    private volatile string _prefix = "";

    /// <summary>A convention of the routes: learns the prefix.</summary>
    public void Learn(EndpointBuilder endpoint)
    {
        // A prefix with parameters has another value with each request.
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } text } && text.TrimEnd('/') is var path
            && path.EndsWith(OneTask, StringComparison.Ordinal) && path[..^OneTask.Length] is var prefix && !prefix.Contains('{', StringComparison.Ordinal))
        {
            _prefix = prefix.Trim('/') is { Length: > 0 } trimmed ? $"/{trimmed}" : "";
        }
    }

    /// <summary>The address of a task, a bulk action or a schedule from outside; any other address as it is.</summary>
    public string Complete(string location, PathString pathBase) =>
        Array.Exists(Own, path => location.StartsWith(path, StringComparison.Ordinal)) ? pathBase.ToUriComponent() + _prefix + location : location;
}
