using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>Finds the field of a JSON body that could not be bound, and describes the values that it accepts.</summary>
internal static partial class ExpectedJson
{
    /// <returns>Null if the body is not valid JSON.</returns>
    public static (string Field, string Problem)? Find(JsonException exception, Type? body, JsonSerializerOptions options)
    {
        var steps = Step().Matches(exception.Path ?? "").ToList();
        if (exception is not FieldException && (exception.InnerException is JsonException || steps.Count == 0))
        {
            return null;
        }

        var type = body;
        foreach (var step in steps)
        {
            type = step.Groups["index"].Success ? ItemOf(type)
                : type is null ? null
                : options.GetTypeInfo(type).Properties.FirstOrDefault(p => p.Name.Equals(NameOf(step), StringComparison.OrdinalIgnoreCase))?.PropertyType;
        }

        var field = string.Concat(steps.Select(step => step.Groups["index"].Success ? step.Value : $".{NameOf(step)}")).TrimStart('.');
        return exception is FieldException { Within: var within }
            ? ($"{field}.{within}".Trim('.').Replace(".[", "[", StringComparison.Ordinal), exception.Message)
            : (field, type is null ? "is not known here." : Of(type, options));
    }

    public static string Of(Type type, JsonSerializerOptions? options = null) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when typeof(IExpected).IsAssignableFrom(t) => (string)t.GetProperty(nameof(IExpected.Expected), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!,
        var t when t == typeof(string) => "must be a string.",
        var t when t == typeof(bool) => "must be a boolean.",
        var t when t == typeof(Guid) => "must be a UUID.",
        var t when t == typeof(double) => "must be a number.",
        { IsPrimitive: true } => "must be an integer.",
        { IsEnum: true } t => $"must be one of {string.Join(", ", Enum.GetValues(t).Cast<object>().Select(v => JsonSerializer.SerializeToElement(v, t, options)))}.",
        var t when typeof(IEnumerable).IsAssignableFrom(t) => "must be an array.",
        _ => "must be an object.",
    };

    /// <summary>The type of the items of an array or list.</summary>
    public static Type? ItemOf(Type? type) => type is null ? null : type.GetElementType() ?? type.GetGenericArguments().FirstOrDefault();

    private static string NameOf(Match step) => step.Groups["name"].Success ? step.Groups["name"].Value : step.Groups["odd"].Value;

    // The steps of a JSON path such as $.then[0].kind or $['odd name'].
    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\[(?<index>\d+)\]|\['(?<odd>.*?)'\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Step();
}
