using Messaging.Outbox.AspNetCore.Http;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Messaging.Contracts;

namespace Messaging.Api.Logs;

/// <summary>What is to be logged.</summary>
/// <param name="Message">What happened; at most 4,000 characters.</param>
/// <param name="Level">Trace, Debug, Information (the default), Warning, Error or Critical.</param>
/// <param name="Properties">
/// Further facts by name; at most 32, and 8,000 characters of them; in a form or query string <c>properties[name]=value</c>.
/// </param>
internal sealed record LogRequest(string Message, LogSeverity Level, IReadOnlyDictionary<string, string> Properties)
{
    private const int MaxProperties = 8_000;

    private static readonly JsonSerializerOptions Stored = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // as the worker writes it

    // Not Enum.TryParse, which takes numbers and lists as well.
    private static readonly Dictionary<string, LogSeverity> Levels =
        Enum.GetValues<LogSeverity>().ToDictionary(level => level.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static LogRequest? From(RequestFields fields, LogIntakeOptions limits)
    {
        var message = fields.Text("message", maxLength: 4_000, required: true);
        var properties = fields.Map("properties", maxCount: 32, maxKeyLength: 64, maxValueLength: 1_000);
        if (properties.Sum(p => p.Key.Length + p.Value.Length) > MaxProperties)
        {
            fields.Error("properties", $"must not have more than {MaxProperties} characters in all.");
        }

        var level = fields.Text("level", maxLength: 20, required: false) ?? nameof(LogSeverity.Information);
        if (!Levels.TryGetValue(level, out var severity))
        {
            fields.Error("level", $"must be one of {string.Join(", ", Levels.Keys)}.");
        }

        var (text, all) = (Size(message), Size(properties));
        if (text + all > limits.MaxEntryBytes && fields.Errors.Count == 0)
        {
            fields.Error(
                text > all ? "message" : "properties",
                string.Create(CultureInfo.InvariantCulture, $"makes the entry too large: it takes {text + all} bytes, encoded as it is stored, and may take {limits.MaxEntryBytes}."));
        }

        return fields.Errors.Count == 0 ? new LogRequest(message!, severity, properties) : null;
    }

    private static int Size<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Stored).Length;
}
