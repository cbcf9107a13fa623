using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>What of a type the configuration binder sets: properties by name, entries of lists and dictionaries by any key, all else by a text.</summary>
internal static class SettingsModel
{
    private const string Duration = "a duration, hh:mm:ss.fff or d.hh:mm:ss";

    /// <summary>Whether a single text is its value.</summary>
    public static bool IsValue(Type type) =>
        type == typeof(string) || type == typeof(object) || Underlying(type).IsPrimitive || Underlying(type).IsEnum
        || (!typeof(IEnumerable).IsAssignableFrom(type) && TypeDescriptor.GetConverter(Underlying(type)).CanConvertFrom(typeof(string)));

    /// <summary>The type of each entry of a list or a dictionary; null for what has properties.</summary>
    public static Type? EntryOf(Type type) => type.IsArray
        ? type.GetElementType()
        : Interfaces(type).Select(EntryOfInterface).FirstOrDefault(entry => entry is not null);

    /// <summary>The properties that can be set, by the name that they have in the configuration.</summary>
    public static IReadOnlyDictionary<string, Type> PropertiesOf(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
        .Where(property => property.SetMethod is { IsPublic: true } || !IsValue(property.PropertyType)) // one without a setter is filled
        .ToDictionary(
            property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name,
            property => property.PropertyType,
            StringComparer.OrdinalIgnoreCase);

    /// <summary>A name below a setting that has no value of its own: a list's number, a property, or any name.</summary>
    public static string FirstOf(Type type) => EntryOf(type) is null ? PropertiesOf(type).Keys.FirstOrDefault() ?? "{name}"
        : Interfaces(type).Any(i => i.IsGenericType && IsMap(i.GetGenericTypeDefinition())) ? "{name}"
        : "0";

    /// <summary>What a value has to be, when this text is none; null when it is one.</summary>
    public static string? Expected(Type type, string text)
    {
        var underlying = Underlying(type);
        if (underlying.IsEnum)
        {
            // The binder takes a number as well, also one that stands for nothing.
            return Enum.GetNames(underlying).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"one of {string.Join(", ", Enum.GetNames(underlying))}";
        }

        if (underlying == typeof(TimeSpan) && text.Trim().Length > 0 && text.Trim().All(char.IsAsciiDigit) && text.Any(digit => digit is >= '1' and <= '9'))
        {
            return $"{Duration}: {text.Trim()} alone would be as many days"; // .NET's reading; whoever writes 5 means seconds
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
                : underlying.IsPrimitive ? "a whole number"
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
