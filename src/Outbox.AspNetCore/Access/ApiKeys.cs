using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// The valid keys: the configured ones, or the key of the process if none is configured. A key is 32 random bytes and cannot be
/// guessed, so unlike for a password a fast hash (SHA-256) is sufficient.
/// </summary>
internal sealed class ApiKeys(IOptions<AccessOptions> options)
{
    private const string Prefix = "msg_"; // lets secret scanners and people recognise a key
    private const string Bearer = "Bearer ";

    private readonly (byte[] Hash, AccessKey Key)[] _keys =
        [.. Valid(options.Value).Select(key => (Convert.FromHexString(key.Hash), key))];

    public bool None => _keys.Length == 0;

    /// <summary>The hashes of all valid keys.</summary>
    public IReadOnlyList<byte[]> Hashes => field ??= [.. _keys.Select(key => key.Hash)];

    /// <summary>The key at an index of <see cref="Hashes"/>.</summary>
    public AccessKey At(int index) => _keys[index].Key;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The key that a request presents, valid or not; null for none.</summary>
    public static string? In(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        return headers[ApiKeyHandler.HeaderName] is var header && StringValues.IsNullOrEmpty(header) ? null : header.ToString();
    }

    /// <summary>Compares the key with all valid keys in constant time, so that the duration reveals nothing. Null if it is invalid.</summary>
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
