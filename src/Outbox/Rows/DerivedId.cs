using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.Rows;

/// <summary>An id that is derived from a string: the same string gives the same id.</summary>
internal static class DerivedId
{
    public static Guid Of(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
