using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Sends dead letters that are redriven to another queue than their own.</summary>
internal static class OtherQueue
{
    /// <summary>
    /// The condition of dead letters that may go to another queue. A task of several consumers names the queue of each in its messages that are
    /// already sent, so it would wait for the former one.
    /// </summary>
    public const string CanGo = $"metadata NOT LIKE '%\"{OutboxHeaders.Consumers}\"%'";

    /// <returns>The types that the queue takes, by their names on the wire.</returns>
    /// <exception cref="UnknownQueueException">No worker has reported the queue.</exception>
    public static async Task<IReadOnlyList<string>> CheckAsync(OutboxTransaction transaction, string queue, CancellationToken cancellationToken)
    {
        var known = await transaction.QueryAsync(TakenTypes.Select, TakenTypes.Read, cancellationToken);
        return known.Where(q => q.Queue == queue).Select(q => q.Types).FirstOrDefault()
            ?? throw new UnknownQueueException(queue, Nearest.To(queue, [.. known.Select(q => q.Queue)]));
    }

    /// <summary>How many of the dead letters that wait for a decision the queue does not take.</summary>
    public static async Task<int> CountNotTakenAsync(OutboxTransaction transaction, SqlFilter letters, string queue, CancellationToken cancellationToken)
    {
        TakenTypes.MatchNot(letters.And("state = 0"), await CheckAsync(transaction, queue, cancellationToken), transaction.Dialect);
        return (await transaction.QueryAsync(
            $"SELECT count(*) FROM messaging.dead_letters WHERE {letters.Where}", reader => (int)reader.GetInt64(0), cancellationToken, [.. letters.Parameters]))[0];
    }

    /// <summary>Refuses a redrive of which nothing can be done, because the queue takes no messages of these types.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="letters">The dead letters.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    /// <exception cref="QueueTypeException">It takes none of them.</exception>
    public static async Task ThrowIfNotTakenAsync(OutboxTransaction transaction, SqlFilter letters, string queue, CancellationToken cancellationToken)
    {
        var known = await transaction.QueryAsync(TakenTypes.Select, TakenTypes.Read, cancellationToken);
        var own = known.FirstOrDefault(q => q.Queue == queue).Types ?? [];
        TakenTypes.MatchNot(letters.And("state = 0"), own, transaction.Dialect);
        var found = await transaction.QueryAsync(
            $"SELECT metadata, message_type FROM messaging.dead_letters WHERE {letters.Where} LIMIT 1",
            reader => (Types: TransitTypes.Of(reader.GetString(0), contentType: null, default), Name: reader.Text(1)),
            cancellationToken,
            [.. letters.Parameters]);
        if (found is [var letter])
        {
            throw new QueueTypeException(queue, letter.Name, [.. TakenTypes.Of(known, letter.Types)]);
        }
    }

    /// <summary>Changes where the dead letters of an action go: the address, the envelope, and what the message has of its former address.</summary>
    public static async Task RedirectAsync(OutboxTransaction transaction, Guid action, string queue, CancellationToken cancellationToken)
    {
        var letters = await transaction.QueryAsync(
            "SELECT id, destination, metadata, content_type, coalesce(edited_body, body) FROM messaging.dead_letters WHERE action_id = $1 AND queue <> $2",
            reader => (Id: reader.GetGuid(0), Destination: reader.GetString(1), Metadata: reader.GetString(2), ContentType: reader.GetString(3), Body: reader.GetFieldValue<byte[]>(4)),
            cancellationToken,
            action,
            queue);
        foreach (var letter in letters)
        {
            var destination = QueueAddress.Beside(letter.Destination, queue);
            await transaction.ExecuteAsync(
                "UPDATE messaging.dead_letters SET redriven_to = $2, destination = $3, metadata = $4, edited_body = coalesce($5, edited_body) WHERE id = $1",
                cancellationToken,
                letter.Id,
                queue,
                destination,
                WithoutFormerRoute(letter.Metadata),
                BodyTo(destination, letter.ContentType, letter.Body));
        }
    }

    private static string WithoutFormerRoute(string json) =>
        MessageMetadata.TryFromJson(json) is { } metadata ? metadata.WithoutFormerRoute().ToJson() : json;

    /// <returns>The envelope with the new address; null if the body is not a readable envelope, and stays.</returns>
    private static byte[]? BodyTo(string destination, string contentType, byte[] body)
    {
        try
        {
            if (!Envelope.IsEnvelope(TransitTypes.MediaTypeOf(contentType)) || JsonNode.Parse(body) is not JsonObject envelope || !envelope.ContainsKey("destinationAddress"))
            {
                return null;
            }

            envelope["destinationAddress"] = destination;
            return JsonSerializer.SerializeToUtf8Bytes(envelope, JsonText.Relaxed);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
