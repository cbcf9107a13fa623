using System.IO.Compression;
using System.Text;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Rows;

/// <summary>
/// Tracked messages that the broker has confirmed, packed into one row. The row is kept until their tasks have ended, so that
/// messages that the broker loses can be sent again.
/// </summary>
/// <param name="CheckAfter">The time after which the messages are checked.</param>
/// <param name="Ids">The ids of the messages, 16 bytes each.</param>
/// <param name="Messages">The messages, compressed.</param>
internal sealed record SentBatch(TimeSpan CheckAfter, byte[] Ids, byte[] Messages)
{
    /// <summary>The maximum number of bytes of one row, unless a single message is larger.</summary>
    private const int MaxBytes = 4 * 1_024 * 1_024;

    /// <summary>Packs the messages that are tasks; untracked messages are not kept.</summary>
    public static IReadOnlyList<SentBatch> Pack(IEnumerable<OutboxMessage> messages, TimeSpan checkAfter)
    {
        var batches = new List<SentBatch>();
        var part = new List<OutboxMessage>();
        var bytes = 0;
        foreach (var message in messages.Where(IsFollowed))
        {
            if (part.Count > 0 && bytes + message.Body.Length > MaxBytes)
            {
                batches.Add(PackOne(part, checkAfter));
                part.Clear();
                bytes = 0;
            }

            part.Add(message);
            bytes += message.Body.Length;
        }

        if (part.Count > 0)
        {
            batches.Add(PackOne(part, checkAfter));
        }

        return batches;
    }

    public static byte[] PackIds(IReadOnlyCollection<Guid> ids)
    {
        var bytes = new byte[ids.Count * 16];
        var offset = 0;
        foreach (var id in ids)
        {
            id.TryWriteBytes(bytes.AsSpan(offset), bigEndian: true, out _);
            offset += 16;
        }

        return bytes;
    }

    public static IEnumerable<Guid> UnpackIds(byte[] bytes) => bytes.Chunk(16).Select(id => new Guid(id, bigEndian: true));

    public static IReadOnlyList<OutboxMessage> Unpack(byte[] bytes)
    {
        using var reader = new BinaryReader(new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress), Encoding.UTF8);
        return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => Read(reader))];
    }

    private static bool IsFollowed(OutboxMessage message) => message.Metadata.Contains($"\"{OutboxHeaders.TaskId}\"", StringComparison.Ordinal);

    private static SentBatch PackOne(List<OutboxMessage> messages, TimeSpan checkAfter)
    {
        var packed = new MemoryStream();
        using (var writer = new BinaryWriter(new ZLibStream(packed, CompressionLevel.Fastest), Encoding.UTF8))
        {
            writer.Write(messages.Count);
            messages.ForEach(message => Write(writer, message));
        }

        return new SentBatch(checkAfter, PackIds([.. messages.Select(m => m.MessageId)]), packed.ToArray());
    }

    private static void Write(BinaryWriter writer, OutboxMessage message)
    {
        writer.Write(message.MessageId.ToByteArray());
        writer.Write(message.Destination);
        writer.Write(message.ContentType);
        writer.Write(message.Metadata);
        writer.Write(message.Queue ?? "");
        writer.Write((byte)message.Priority);
        writer.Write(message.Body.Length);
        writer.Write(message.Body);
    }

    private static OutboxMessage Read(BinaryReader reader) => new()
    {
        Id = 0,
        Attempts = 0,
        MessageId = new Guid(reader.ReadBytes(16)),
        Destination = reader.ReadString(),
        ContentType = reader.ReadString(),
        Metadata = reader.ReadString(),
        Queue = reader.ReadString() is { Length: > 0 } queue ? queue : null,
        Priority = (QueuePriority)reader.ReadByte(),
        Body = reader.ReadBytes(reader.ReadInt32()),
    };
}
