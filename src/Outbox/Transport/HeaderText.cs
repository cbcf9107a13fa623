using System.Globalization;
using System.Text;

namespace Messaging.Outbox.Transport;

/// <summary>The value of a header as a string.</summary>
internal static class HeaderText
{
    /// <summary>Brokers deliver strings as UTF-8 bytes.</summary>
    public static string Of(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}
