using Messaging.Outbox.AspNetCore.Http;
using Messaging.Contracts;

namespace Messaging.Api.Logs;

/// <summary>Which entries to list; what is null or empty does not matter.</summary>
internal sealed record LogQuery
{
    public static readonly string[] Parameters = ["level", "source", "text", "property", "from", "before", "limit", "after"];

    private const int MaxProperties = 8, MaxName = 64, MaxValue = 1_000;

    public required IReadOnlyList<LogSeverity> Levels { get; init; }
    public required IReadOnlyList<LogSource> Sources { get; init; }
    public required string? Text { get; init; }
    public required IReadOnlyList<(string Name, string Value)> Properties { get; init; }
    public required DateTimeOffset? FromTime { get; init; }
    public required DateTimeOffset? BeforeTime { get; init; }
    public required int Limit { get; init; }
    public required Guid? After { get; init; }

    /// <returns>Null when a parameter is wrong; the fields know which and why.</returns>
    public static LogQuery? From(QueryFields fields)
    {
        var query = new LogQuery
        {
            Levels = fields.Names<LogSeverity>("level"),
            Sources = fields.Names<LogSource>("source"),
            Text = fields.Text("text"),
            Properties = [.. fields.Texts("property", MaxProperties, MaxName + 1 + MaxValue).Select(text => Property(text, fields))],
            FromTime = fields.Time("from"),
            BeforeTime = fields.Time("before"),
            Limit = fields.Number("limit", otherwise: 50, min: 1, max: 200),
            After = fields.Id("after"),
        };
        return fields.Errors.Count == 0 ? query : null;
    }

    private static (string Name, string Value) Property(string text, QueryFields fields)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is > 0 and <= MaxName)
        {
            return (text[..colon], text[(colon + 1)..]);
        }

        fields.Errors["property"] = [$"'property' must be a name of 1 to {MaxName} characters, a colon and a value, such as status:404."];
        return default;
    }
}
