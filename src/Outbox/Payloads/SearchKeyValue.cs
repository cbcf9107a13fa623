using System.Globalization;

namespace Messaging.Outbox.Payloads;

/// <summary>The text by which a value is found: the same for equal values, whatever the culture.</summary>
internal static class SearchKeyValue
{
    /// <summary>The maximum length in UTF-16 units: what is longer identifies nothing, and makes the index large.</summary>
    public const int MaxLength = 200;

    private static readonly HashSet<Type> Scalars =
    [
        typeof(string), typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly),
    ];

    public static bool IsFor(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var own && (own.IsEnum || Scalars.Contains(own));

    /// <returns>Null for a value that is not stored.</returns>
    public static string? Of(object? value)
    {
        var text = value switch
        {
            null => null,
            string own => own,
            bool own => own ? "true" : "false",
            decimal own => own.ToString("G29", CultureInfo.InvariantCulture), // 1.0 is 1.00
            DateTimeOffset own => Time(own.UtcDateTime),
            DateTime own => Time(own.ToUniversalTime()),
            DateOnly own => own.ToString("O", CultureInfo.InvariantCulture),
            IFormattable own => own.ToString(format: null, CultureInfo.InvariantCulture),
            _ => null,
        };
        return text is { Length: > 0 and <= MaxLength } && StoredText.IsStorable(text) ? text : null;
    }

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);
}
