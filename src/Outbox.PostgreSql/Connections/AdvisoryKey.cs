using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>The keys of advisory locks, which are of the whole database: outboxes in several schemas of it have each their own.</summary>
internal static class AdvisoryKey
{
    /// <summary>The key itself for the default names, so that it is the same as that of earlier versions.</summary>
    public static long Of(long key, TableNames names) => names is { Schema: TableNames.DefaultSchema, Prefix: "" }
        ? key
        : key ^ BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{names.Schema}.{names.Prefix}")));
}
