using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>A property by which events are correlated with instances.</summary>
/// <param name="Property">The property.</param>
/// <param name="IsUnique">Whether no two instances may have the same value.</param>
internal sealed record SagaProperty(PropertyInfo Property, bool IsUnique)
{
    private const int MaxLength = 200;

    public string Name => Property.Name;

    /// <summary>The key of an instance; null if the value is null.</summary>
    public string? KeyOf(object saga) => TextOf(Property.GetValue(saga));

    /// <summary>Reads the property and the value from a query that <c>CorrelateBy</c> has built.</summary>
    public static (string Property, string? Key) Read(LambdaExpression query)
    {
        var equal = (BinaryExpression)query.Body;
        var property = (MemberExpression)(equal.Left is UnaryExpression conversion ? conversion.Operand : equal.Left);
        var value = Expression.Lambda<Func<object?>>(Expression.Convert(equal.Right, typeof(object))).Compile(preferInterpretation: true)();
        return (property.Member.Name, TextOf(value));
    }

    /// <summary>The value as readable text, or its hash if it is too long for a key or contains characters that cannot be stored.</summary>
    private static string? TextOf(object? value)
    {
        var text = Format(value);
        return text is null || (text.Length <= MaxLength && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            ? text
            : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static string? Format(object? value) => value switch
    {
        null => null,
        string text => text,
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
