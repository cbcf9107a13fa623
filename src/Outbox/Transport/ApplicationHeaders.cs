using MassTransit;
using MassTransit.Serialization;

namespace Messaging.Outbox.Transport;

/// <summary>Headers without the outbox's own.</summary>
internal static class ApplicationHeaders
{
    /// <summary>
    /// MassTransit copies the headers of the message that is consumed to whatever is published meanwhile, and the outbox's
    /// speak of that message only: another one with its task's id would end that task, and with its attempts would have fewer of its own.
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
