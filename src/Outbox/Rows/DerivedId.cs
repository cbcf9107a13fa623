using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.Rows;

/// <summary>An id that is the same wherever it is derived from the same text.</summary>
internal static class DerivedId
{
    public static Guid Of(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
