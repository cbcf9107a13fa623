using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The access keys; section <c>Access</c>.</summary>
public sealed partial class AccessOptions : IValidatableObject
{
    /// <summary>The valid keys. Several keys at once allow replacing one without interruption. Default: none.</summary>
    public IList<AccessKey> Keys { get; set; } = [];

    /// <summary>
    /// An authorization policy of the application whose users have the role <c>read</c> without a key. Default none.
    /// </summary>
    /// <remarks>
    /// The policies are asked on routes of the outbox alone. What a user changes without a bearer token has to come from a page of the same
    /// origin, as JSON. The audit calls them <c>user:</c> and their name.
    /// </remarks>
    public string? ReadPolicy { get; set; }

    /// <summary>
    /// An authorization policy of the application whose users have the role <c>operate</c> without a key. Default none.
    /// </summary>
    public string? OperatePolicy { get; set; }

    /// <summary>The key that the process created; valid while none is configured.</summary>
    internal AccessKey? Local { get; set; }

    /// <summary>The name of the file that <see cref="Local"/> is in.</summary>
    internal string? LocalFile { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            var key = Keys[i];
            if (AccessRoles.Reserved.Contains(key.Name, StringComparer.OrdinalIgnoreCase) || !NamePattern().IsMatch(key.Name))
            {
                yield return Wrong(i, $"Name must be 1 to 64 letters, digits, '.', '_', '-' or '@', and none of {string.Join(", ", AccessRoles.Reserved)}.");
            }
            else if (Keys.Take(i).Any(other => string.Equals(other.Name, key.Name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return Wrong(i, "another key has the same Name; names must be unique, so that the audit log can tell keys apart.");
            }

            if (!AccessRoles.All.Contains(key.Role, StringComparer.OrdinalIgnoreCase))
            {
                yield return Wrong(i, $"Role must be {string.Join(" or ", AccessRoles.All)}.");
            }

            // The value is not included: if it is the key itself by mistake, it must not appear in a log.
            if (!HashPattern().IsMatch(key.Hash))
            {
                yield return Wrong(i, "Hash must be the SHA-256 of the key, as 64 lower-case hexadecimal digits (--new-key prints it).");
            }
            else if (Keys.Take(i).Any(other => string.Equals(other.Hash, key.Hash, StringComparison.Ordinal)))
            {
                yield return Wrong(i, "another key has the same Hash; a caller with the key would be one of the two, with its name and its role.");
            }
        }

        ValidationResult Wrong(int index, string problem) => new(
            $"Access:Keys:{index}{(NamePattern().IsMatch(Keys[index].Name) ? $" ({Keys[index].Name})" : "")}: {problem}", [nameof(Keys)]);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._@-]{1,64}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex HashPattern();
}

/// <summary>A configured key, of which only the hash is stored.</summary>
public sealed class AccessKey
{
    /// <summary>The name of the key's owner, which appears in the audit log.</summary>
    public string Name { get; set => field = value ?? string.Empty; } = string.Empty;

    /// <summary><c>read</c> or <c>operate</c>, which implies read.</summary>
    public string Role { get; set => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Whether the key sees the messages of tasks that are kept. Default: true for <c>operate</c>, false for <c>read</c>.</summary>
    public bool? Payloads { get; set; }

    /// <summary>The SHA-256 of the key, as lower-case hexadecimal digits.</summary>
    public string Hash { get; set => field = value ?? string.Empty; } = string.Empty;
}
