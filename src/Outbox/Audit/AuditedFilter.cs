using System.Text.Json;
using System.Text.Json.Nodes;

namespace Messaging.Outbox.Audit;

/// <summary>
/// The filter of an action on many, as an entry keeps it: without what may be personal, which is the value of a search key and a part of an error. An entry
/// is kept longer than what it is about.
/// </summary>
internal static class AuditedFilter
{
    /// <summary>Stands for what is left out.</summary>
    public const string Hidden = "[hidden]";

    /// <param name="filter">A <see cref="TaskQuery"/> or a <see cref="DeadLetterQuery"/> as JSON.</param>
    public static JsonNode? Of(JsonElement filter)
    {
        if (JsonNode.Parse(filter.GetRawText()) is not JsonObject query)
        {
            return null;
        }

        if (query["key"] is JsonObject key && key.ContainsKey("value"))
        {
            key["value"] = Hidden;
        }

        if (query["error"] is not null)
        {
            query["error"] = Hidden;
        }

        return query;
    }
}
