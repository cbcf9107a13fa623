using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.Dashboard.SignIn;

/// <summary>
/// A code that signs in once, in a link for the user who runs the process. It is made with the hash of the operator's key, which is in no
/// setting: whoever can read the key's file can make one, also in another process.
/// </summary>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Nonce">What tells it from others.</param>
internal readonly record struct SignInCode(DateTimeOffset MadeAt, Guid Nonce)
{
    private const int Signed = sizeof(long) + 16, Size = Signed + HMACSHA256.HashSizeInBytes;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("outbox.sign-in.1\0");

    /// <param name="keyHash">The hash of the operator's key.</param>
    /// <param name="now">The time.</param>
    public static string New(byte[] keyHash, DateTimeOffset now)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(bytes.AsSpan(sizeof(long), 16));
        Code(keyHash, bytes, bytes.AsSpan(Signed));
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>Null if the text is not a code that was made with the key.</returns>
    public static SignInCode? Read(string text, byte[] keyHash)
    {
        var bytes = new byte[Size];
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size)
        {
            return null;
        }

        Code(keyHash, bytes, code);
        return CryptographicOperations.FixedTimeEquals(code, bytes.AsSpan(Signed))
            ? new SignInCode(DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)), new Guid(bytes.AsSpan(sizeof(long), 16)))
            : null;
    }

    private static void Code(byte[] keyHash, ReadOnlySpan<byte> bytes, Span<byte> to) => HMACSHA256.HashData(keyHash, [.. Purpose, .. bytes[..Signed]], to);
}
