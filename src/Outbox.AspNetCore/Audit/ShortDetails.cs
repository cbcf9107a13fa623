using System.Text.Json;
using System.Text.Json.Nodes;

namespace Messaging.Outbox.AspNetCore.Audit;

/// <summary>
/// The details of an entry as a list has them: an act on many keeps up to a thousand ids, by which one finds who did it, and a page of such entries would be
/// megabytes.
/// </summary>
internal static class ShortDetails
{
    /// <summary>How many items of a list are shown.</summary>
    public const int MaxItems = 10;

    /// <summary>The details, with the first items of each long list and the number of the others in <c>leftOut</c>; others are as they were.</summary>
    public static string? Of(string? details)
    {
        if (details?.Contains('[', StringComparison.Ordinal) != true)
        {
            return details;
        }

        try
        {
            return JsonNode.Parse(details) is JsonObject all && Cut(all) is { Count: > 0 } leftOut ? With(all, leftOut).ToJsonString() : details;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return details; // of an application: not JSON, or with a name twice
        }
    }

    private static JsonObject Cut(JsonObject all)
    {
        var leftOut = new JsonObject();
        foreach (var (name, value) in all.ToList())
        {
            if (value is JsonArray { Count: > MaxItems } items)
            {
                leftOut[name] = items.Count - MaxItems;
                all[name] = new JsonArray([.. items.Take(MaxItems).Select(item => item?.DeepClone())]);
            }
        }

        return leftOut;
    }

    private static JsonObject With(JsonObject all, JsonObject leftOut)
    {
        all["leftOut"] = leftOut;
        return all;
    }
}
