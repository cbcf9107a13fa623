using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// The keys that are valid: those that are configured, or the process's own. A key is 32 random bytes and not a password: there is nothing to guess that a slow hash would have to
/// protect, so it is SHA-256, which costs a request next to nothing.
/// </summary>
internal sealed class ApiKeys(IOptions<AccessOptions> options)
{
    private const string Prefix = "msg_"; // so that scanners for leaked secrets, and people, know what it is

    private readonly (byte[] Hash, AccessKey Key)[] _keys =
        [.. Valid(options.Value).Select(key => (Convert.FromHexString(key.Hash), key))];

    public bool None => _keys.Length == 0;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Looks at all keys, each in constant time, so that the time says nothing about any of them.</summary>
    public AccessKey? Find(string presented)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        AccessKey? found = null;
        foreach (var (known, key) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? key : found;
        }

        return found;
    }

    private static IEnumerable<AccessKey> Valid(AccessOptions options) =>
        options.Keys.Count > 0 ? options.Keys : options.Local is { } local ? [local] : [];
}
