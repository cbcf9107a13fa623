using System.Globalization;

namespace Messaging.Outbox.Payloads;

/// <summary>The path of a member of a message, such as <c>items[0].email</c>.</summary>
internal static class MessagePath
{
    public static string Of(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    public static string Of(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");

    /// <summary>The path of a serializer's error, which begins with <c>$</c>.</summary>
    public static string OfError(string? path) => path is null ? "" : path.TrimStart('$').TrimStart('.');
}
