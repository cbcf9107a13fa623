using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Messaging.Contracts;
using Messaging.Outbox.AspNetCore;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs;

/// <summary>An entry for the activity log.</summary>
internal sealed class LogRequest : IValidatableObject
{
    private const int MaxKey = 64, MaxValue = 1_000, MaxProperties = 8_000;

    private static readonly JsonSerializerOptions Stored = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // the worker writes it like this

    /// <summary>What happened.</summary>
    [Required, Text(4_000, HasLines = true)]
    public string? Message { get; init; }

    /// <summary>The level. Default Information.</summary>
    [JsonConverter(typeof(NameConverter<LogSeverity>))]
    public LogSeverity? Level { get; init; }

    /// <summary>
    /// Additional properties by name; at most 32, with at most 8,000 characters; in a form or query string
    /// <c>properties[name]=value</c>.
    /// </summary>
    [JsonConverter(typeof(LogProperties))]
    [MaxLength(32, ErrorMessage = "must not have more than {1} entries.")]
    public Dictionary<string, string>? Properties { get; init; }

    public static ValueTask<LogRequest?> BindAsync(HttpContext http) => AnyForm.BindAsync<LogRequest>(http);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var properties = Properties ?? [];
        if (properties.Keys.Any(key => key.Length is 0 or > MaxKey || key.Any(char.IsControl)))
        {
            yield return new($"must have names of 1 to {MaxKey} characters without control characters.", ["properties"]);
        }

        foreach (var (key, _) in properties.Where(p => p.Value.Length > MaxValue || p.Value.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'))))
        {
            yield return new($"must not be longer than {MaxValue} characters, nor contain control characters.", [$"properties.{key}"]);
        }

        var (limit, text, all) = (validationContext.GetRequiredService<IOptions<LogIntakeOptions>>().Value.MaxEntryBytes, Size(Message), Size(properties));
        if (properties.Sum(p => p.Key.Length + p.Value.Length) > MaxProperties)
        {
            yield return new($"must not have more than {MaxProperties} characters in all.", ["properties"]);
        }
        else if (text + all > limit)
        {
            yield return new(
                string.Create(CultureInfo.InvariantCulture, $"makes the entry too large: it takes {text + all} bytes, encoded as it is stored, and may take {limit}."),
                [text > all ? "message" : "properties"]);
        }
    }

    private static int Size<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Stored).Length;

    /// <summary>Numbers and booleans keep their JSON format.</summary>
    private sealed class LogProperties : JsonConverter<Dictionary<string, string>>
    {
        public override Dictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FieldException("must be an object.");
            }

            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in JsonElement.ParseValue(ref reader).EnumerateObject())
            {
                map[member.Name] = member.Value.ValueKind switch
                {
                    JsonValueKind.Object or JsonValueKind.Array => throw new FieldException("must be a string, a number or a boolean.", member.Name),
                    JsonValueKind.String or JsonValueKind.Null => member.Value.GetString() ?? "",
                    _ => member.Value.GetRawText(),
                };
            }

            return map;
        }

        public override void Write(Utf8JsonWriter writer, Dictionary<string, string> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, Stored);
    }
}
