using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.Dashboard;

/// <summary>The dashboard; section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions : IValidatableObject
{
    /// <summary>Where the dashboard is, below the application's path base. Default <c>/dashboard</c>.</summary>
    [Required]
    public string Path { get; set; } = "/dashboard";

    /// <summary>
    /// An authorization policy of the application that a browser must meet to get the pages. Default none: the pages hold no data and are
    /// served to anybody; what they show needs a key, or one of <see cref="AspNetCore.AccessOptions.ReadPolicy"/> and
    /// <see cref="AspNetCore.AccessOptions.OperatePolicy"/>.
    /// </summary>
    public string? Policy { get; set; }

    /// <summary>
    /// The address of a trace in your tracing system, with <c>{traceId}</c> in it, such as <c>https://jaeger.example.org/trace/{traceId}</c>.
    /// Default none: no link.
    /// </summary>
    public string? TraceUrl { get; set; }

    /// <summary>How long a session lasts from its sign-in on, whether it is used or not. Default 12 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionDuration { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// The names, without a port, under which a browser may sign in. Default: any. Standalone, while it listens on this machine alone, has
    /// <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>: a page whose own name leads to this machine then gets no answer about a key.
    /// </summary>
    public IList<string> Hosts { get; set; } = [];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Path.StartsWith('/') || Path.Length < 2 || Path.EndsWith('/') || Path.AsSpan().ContainsAny("{}?#\\ "))
        {
            yield return new ValidationResult("Dashboard:Path must be like '/dashboard': it begins with '/', and does not end with one.", [nameof(Path)]);
        }

        if (TraceUrl is not null && (!TraceUrl.Contains("{traceId}", StringComparison.Ordinal) || !IsOfTheWeb(TraceUrl)))
        {
            yield return new ValidationResult("Dashboard:TraceUrl must be an http or https address with {traceId} in it.", [nameof(TraceUrl)]);
        }
    }

    // What a page has as a link must not be a script.
    private static bool IsOfTheWeb(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps);
}
