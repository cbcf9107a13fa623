using MassTransit;
using MassTransit.Serialization;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>Removes the outbox's own headers.</summary>
internal static class ApplicationHeaders
{
    /// <summary>
    /// Returns the headers without the outbox's own. MassTransit copies the headers of the consumed message to the messages that its
    /// consumer publishes: with a copied task id the new message would end that task, and with a copied attempt count it would get
    /// fewer attempts.
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
