using MassTransit;
using Messaging.Bench.Peers;

namespace Messaging.Bench.MassTransitOutbox;

/// <summary>Its row is committed with the inbox.</summary>
internal sealed class EntryConsumer(BenchContext database) : IConsumer<WriteEntry>
{
    public async Task Consume(ConsumeContext<WriteEntry> context)
    {
        database.Add(new LogEntry(context.Message.Id, context.Message.Message, DateTimeOffset.UtcNow));
        await database.SaveChangesAsync(context.CancellationToken);
    }
}
