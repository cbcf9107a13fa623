using System.Text.RegularExpressions;

namespace Messaging.Outbox.Signing;

/// <summary>Reads signing keys from settings and files.</summary>
internal static partial class SigningKeys
{
    private const int MinBytes = 32;
    private const string HowTo = "It must be at least 32 bytes in base64, as printed by 'openssl rand -base64 32'.";

    /// <returns>The bytes of the key.</returns>
    /// <exception cref="FormatException">The key is invalid.</exception>
    public static byte[] Read(SigningKey key) => ErrorOf(key) is { } error ? throw new FormatException(error) : Convert.FromBase64String(TextOf(key));

    /// <returns>The error; null if the key is valid.</returns>
    public static string? ErrorOf(SigningKey key)
    {
        if (!IdPattern().IsMatch(key.Id))
        {
            return $"Id '{key.Id}' must be 1 to 40 letters, digits, '-', '_' or '.'.";
        }

        if (key.Key is null == key.KeyFile is null)
        {
            return "either Key or KeyFile is required, and not both.";
        }

        try
        {
            return Convert.FromBase64String(TextOf(key)) is { Length: >= MinBytes } ? null : $"the key is too short. {HowTo}";
        }
        catch (FormatException)
        {
            return $"the key is not base64. {HowTo}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"KeyFile cannot be read: {exception.Message}";
        }
    }

    private static string TextOf(SigningKey key) => (key.Key ?? File.ReadAllText(key.KeyFile!)).Trim();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,40}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IdPattern();
}
