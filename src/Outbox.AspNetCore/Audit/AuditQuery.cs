using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary>Which entries are wanted.</summary>
/// <param name="Limit">The size of a page, 1 to 200. Default 50.</param>
/// <param name="Before">Only what is older than the entry with this id.</param>
/// <param name="Who">Of this key alone.</param>
/// <param name="Action">Of this action alone.</param>
/// <param name="Target">Of this target alone.</param>
internal sealed record AuditQuery(
    [FromQuery(Name = "limit")] int? Limit,
    [FromQuery(Name = "before")] Guid? Before,
    [FromQuery(Name = "who")] string? Who,
    [FromQuery(Name = "action")] string? Action,
    [FromQuery(Name = "target")] string? Target)
{
    public const int DefaultLimit = 50;
    private const int MaxLimit = 200, MaxText = 500;

    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Limit is < 1 or > MaxLimit)
        {
            errors["limit"] = [string.Create(CultureInfo.InvariantCulture, $"'limit' must be 1 to {MaxLimit}.")];
        }

        foreach (var (name, text) in new[] { ("who", Who), ("action", Action), ("target", Target) })
        {
            if (text is not null && (text.Length > MaxText || text.Any(char.IsControl)))
            {
                errors[name] = [$"'{name}' must not be longer than {MaxText} characters, nor contain control characters."];
            }
        }

        return errors;
    }
}
