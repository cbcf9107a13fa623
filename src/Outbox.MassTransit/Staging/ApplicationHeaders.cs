using MassTransit;
using MassTransit.Serialization;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Headers without those of the outbox.</summary>
internal static class ApplicationHeaders
{
    /// <summary>
    /// MassTransit copies the headers of the consumed message to messages that are published meanwhile. The outbox's headers
    /// belong to the consumed message only: a copy of its task id would end that task, and a copy of its attempts would reduce
    /// the attempts of the new message.
    /// </summary>
    public static Headers Of(Headers headers)
    {
        var others = new DictionarySendHeaders();
        foreach (var (name, value) in headers.GetAll().Where(h => !OutboxHeaders.IsOwn(h.Key)))
        {
            others.Set(name, value);
        }

        return others;
    }
}
