using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>
/// How the configuration binder sees a type: its properties by name, entries of lists and dictionaries by key, and single values.
/// </summary>
internal static class SettingsModel
{
    private const string Duration = "a duration, hh:mm:ss.fff or d.hh:mm:ss";

    /// <summary>Whether the type is bound from a single string.</summary>
    public static bool IsValue(Type type) =>
        type == typeof(string) || type == typeof(object) || Underlying(type).IsPrimitive || Underlying(type).IsEnum
        || (!typeof(IEnumerable).IsAssignableFrom(type) && TypeDescriptor.GetConverter(Underlying(type)).CanConvertFrom(typeof(string)));

    /// <summary>The type of the entries of a list or dictionary; null for other types.</summary>
    public static Type? EntryOf(Type type) => type.IsArray
        ? type.GetElementType()
        : Interfaces(type).Select(EntryOfInterface).FirstOrDefault(entry => entry is not null);

    /// <summary>The settable properties by their names in the configuration.</summary>
    public static IReadOnlyDictionary<string, Type> PropertiesOf(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
        // a collection without a setter is filled
        .Where(property => property.SetMethod is { IsPublic: true } || !IsValue(property.PropertyType))
        .ToDictionary(
            property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name,
            property => property.PropertyType,
            StringComparer.OrdinalIgnoreCase);

    /// <summary>An example of a key below a setting that has no value itself: an index, a property, or any name.</summary>
    public static string FirstOf(Type type) => EntryOf(type) is null ? PropertiesOf(type).Keys.FirstOrDefault() ?? "{name}"
        : Interfaces(type).Any(i => i.IsGenericType && IsMap(i.GetGenericTypeDefinition())) ? "{name}"
        : "0";

    /// <summary>What the value must be, if the text cannot be converted; null if it is valid.</summary>
    public static string? Expected(Type type, string text)
    {
        var underlying = Underlying(type);
        if (underlying.IsEnum)
        {
            // The binder accepts any number, even one without a member.
            return Enum.GetNames(underlying).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"one of {string.Join(", ", Enum.GetNames(underlying))}";
        }

        if (underlying == typeof(TimeSpan) && text.Trim().Length > 0 && text.Trim().All(char.IsAsciiDigit) && text.Any(digit => digit is >= '1' and <= '9'))
        {
            return $"{Duration}: {text.Trim()} alone would mean days"; // .NET reads a plain number as days
        }

        try
        {
            _ = text.Length == 0 && underlying != type ? null : TypeDescriptor.GetConverter(underlying).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            return underlying == typeof(bool) ? "true or false"
                : underlying == typeof(TimeSpan) ? Duration
                : underlying == typeof(double) ? "a number, such as 0.5"
                : underlying.IsPrimitive ? "an integer"
                : $"a {underlying.Name}";
        }
    }

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static IEnumerable<Type> Interfaces(Type type) => type.IsInterface ? type.GetInterfaces().Prepend(type) : type.GetInterfaces();

    private static Type? EntryOfInterface(Type type) => !type.IsGenericType ? null
        : type.GetGenericTypeDefinition() is var definition && IsMap(definition) ? type.GetGenericArguments()[1]
        : definition == typeof(IEnumerable<>) && !IsPair(type.GetGenericArguments()[0]) ? type.GetGenericArguments()[0]
        : null;

    private static bool IsMap(Type definition) => definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>);

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
}
