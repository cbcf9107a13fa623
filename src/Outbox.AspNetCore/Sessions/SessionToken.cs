using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.AspNetCore.Sessions;

/// <summary>
/// The token of a session: 32 random bytes, when it expires, and a code over both that is made with the hash of an access key. The random
/// bytes are what nobody can guess, and the row of the token says that the session has not ended. The code says whose key it is, so that a
/// session ends with its key, and that a token which nobody has issued costs no query.
/// </summary>
/// <param name="Id">What the database has of it: the hash of all of it, so that a row stands for one key and one expiry alone.</param>
/// <param name="ExpiresAt">When it expires.</param>
internal readonly record struct SessionToken(string Id, DateTimeOffset ExpiresAt)
{
    private const int Random = 32, Signed = Random + sizeof(long), Size = Signed + HMACSHA256.HashSizeInBytes;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("outbox.session.1\0"); // a code for another purpose is not one for a session

    /// <summary>Makes a token that is valid for one key.</summary>
    /// <param name="keyHash">The hash of the key.</param>
    /// <param name="expiresAt">When it is to expire; its fraction of a second is cut off.</param>
    /// <returns>The token, and its text for the cookie.</returns>
    public static (SessionToken Token, string Text) New(byte[] keyHash, DateTimeOffset expiresAt)
    {
        var bytes = new byte[Size];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, Random));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Random), expiresAt.ToUnixTimeSeconds());
        Code(keyHash, bytes, bytes.AsSpan(Signed));
        return (Of(bytes), Base64Url.EncodeToString(bytes));
    }

    /// <summary>Reads a token.</summary>
    /// <param name="text">The text of the cookie.</param>
    /// <param name="keyHashes">The hashes of all valid keys.</param>
    /// <returns>The token and the index of its key; null if it was made with none of them.</returns>
    public static (SessionToken Token, int Key)? Read(string text, IReadOnlyList<byte[]> keyHashes)
    {
        var bytes = new byte[Size];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size)
        {
            return null;
        }

        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        int? found = null;
        for (var i = 0; i < keyHashes.Count; i++)
        {
            Code(keyHashes[i], bytes, code);
            found = CryptographicOperations.FixedTimeEquals(code, bytes.AsSpan(Signed)) ? i : found;
        }

        return found is { } key ? (Of(bytes), key) : null;
    }

    private static void Code(byte[] keyHash, ReadOnlySpan<byte> token, Span<byte> to) => HMACSHA256.HashData(keyHash, [.. Purpose, .. token[..Signed]], to);

    private static SessionToken Of(ReadOnlySpan<byte> bytes) => new(
        Convert.ToHexStringLower(SHA256.HashData(bytes)),
        DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes[Random..])));
}
