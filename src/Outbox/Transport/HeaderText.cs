using System.Globalization;
using System.Text;

namespace Messaging.Outbox.Transport;

/// <summary>A header's value as a string.</summary>
internal static class HeaderText
{
    /// <summary>A broker gives a string as UTF-8 bytes.</summary>
    public static string Of(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}
