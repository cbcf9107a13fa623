using System.Data.Common;

namespace Messaging.Outbox.Recovery;

/// <summary>A batch of sent messages.</summary>
internal sealed record SentRow(long Id, IReadOnlyList<Guid> Ids)
{
    /// <summary>Reads the columns <c>id, ids</c>.</summary>
    public static SentRow Read(DbDataReader reader) => new(reader.GetInt64(0), [.. SentBatch.UnpackIds(reader.GetFieldValue<byte[]>(1))]);
}
