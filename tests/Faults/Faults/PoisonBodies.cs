using System.Text.Json;
using Messaging.Faults.Hooks;

namespace Messaging.Faults.Faults;

/// <summary>What outsiders publish.</summary>
internal static class PoisonBodies
{
    private const string Entries = "LogRequested";
    private const string Users = "UserRegistered";

    public static PoisonMessage Truncated(Random random) => To(Users, Id(random), "{\"messageId\":\"0");

    public static PoisonMessage UnknownType(Random random)
    {
        var id = Id(random);
        return new PoisonMessage("", "user-registered", id, Envelope(id, "SomethingElse", new { }));
    }

    public static PoisonMessage Large(Random random) => OfEntry(Id(random), new string('x', 5_000_000));

    public static PoisonMessage Entry(Random random) => OfEntry(Id(random), "duplicate");

    /// <summary>A welcome once more, for the ledger's first user: it goes to users only.</summary>
    public static PoisonMessage Mail(Random random)
    {
        var id = Id(random);
        return To(Users, id, Envelope(id, Users, new { userId = id, email = "user2@example.org", registeredAt = DateTimeOffset.UtcNow }));
    }

    /// <summary>A text that PostgreSQL refuses, at the commit that it shares with others.</summary>
    public static PoisonMessage Failing(Random random) => OfEntry(Id(random), "zero\0");

    /// <summary>A refresh of nobody's profile, at whose commit the hook kills the worker.</summary>
    public static PoisonMessage Killer(Random random)
    {
        var id = Guid.Parse($"{Failpoints.KillerPrefix}-{Id(random).ToString()[9..]}");
        return To("CacheRefreshRequested", id, Envelope(id, "CacheRefreshRequested", new { userId = id }));
    }

    private static PoisonMessage OfEntry(Guid id, string text) =>
        To(Entries, id, Envelope(id, Entries, new { level = 2, message = text, properties = new { }, loggedAt = DateTimeOffset.UtcNow }));

    private static PoisonMessage To(string type, Guid id, string body) => new($"Messaging.Contracts:{type}", "", id, body);

    private static string Envelope(Guid id, string type, object message) => JsonSerializer.Serialize(new
    {
        messageId = id,
        conversationId = id,
        messageType = new[] { $"urn:message:Messaging.Contracts:{type}" },
        message,
        sentTime = DateTimeOffset.UtcNow,
        headers = new { },
    });

    /// <summary>From the seed: the same run has the same ids.</summary>
    private static Guid Id(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes, bigEndian: true);
    }
}
