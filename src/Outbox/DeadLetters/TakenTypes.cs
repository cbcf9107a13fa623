using System.Data.Common;
using System.Text.Json;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Which queues take which messages, as workers have reported them: by the names of the types on the wire.</summary>
internal static class TakenTypes
{
    public const string Select = "SELECT name, message_types FROM messaging.queues ORDER BY name";

    public static (string Queue, IReadOnlyList<string> Types) Read(DbDataReader reader) =>
        (reader.GetString(0), [.. (JsonSerializer.Deserialize<string[]>(reader.GetString(1)) ?? []).Distinct(StringComparer.Ordinal)]);

    /// <summary>The queues with a consumer for a message of these types; all of them if nothing of the message says its type.</summary>
    public static IEnumerable<string> Of(IEnumerable<(string Queue, IReadOnlyList<string> Types)> known, IReadOnlyList<string> types) =>
        known.Where(queue => types.Count == 0 || queue.Types.Intersect(types, StringComparer.Ordinal).Any()).Select(queue => queue.Queue);

    /// <summary>Only dead letters whose message has one of these types, or of which nothing says the type.</summary>
    public static SqlFilter Match(SqlFilter filter, IReadOnlyList<string> types, ISqlDialect dialect) => filter.And(Condition(filter, types, dialect));

    /// <summary>Only the others.</summary>
    public static SqlFilter MatchNot(SqlFilter filter, IReadOnlyList<string> types, ISqlDialect dialect) => filter.And($"NOT {Condition(filter, types, dialect)}");

    /// <summary>Whether the metadata have one of the types, as it is within JSON, or none at all.</summary>
    private static string Condition(SqlFilter filter, IReadOnlyList<string> types, ISqlDialect dialect) =>
        $"({string.Join(" OR ", types.Select(type => Has(filter, JsonSerializer.Serialize(type), dialect)).Prepend($"NOT {Has(filter, TransitTypes.InMetadata, dialect)}"))})";

    private static string Has(SqlFilter filter, string text, ISqlDialect dialect) => $"({dialect.Contains("metadata", filter.Parameter(text))})";
}
