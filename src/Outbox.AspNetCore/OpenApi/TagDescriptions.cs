using Microsoft.AspNetCore.OpenApi;

namespace Messaging.Outbox.AspNetCore;

/// <summary>What the document says of each group of operations.</summary>
public static class TagDescriptions
{
    /// <summary>The groups that this room maps.</summary>
    internal static readonly IReadOnlyDictionary<string, string> OfTheOutbox = new Dictionary<string, string>
    {
        ["Tasks"] = "What is to be done: follow it, add it, cancel it, retry it.",
        ["Dead letters"] = "Messages whose retries are exhausted: read them, redrive them, drop them.",
        ["Schedules"] = "Tasks that are added again and again.",
        ["Queues"] = "Where tasks wait: pause and resume a queue, limit it, purge it.",
        ["Audit"] = "Who operated what.",
    };

    /// <summary>Gives tags their descriptions, by their names.</summary>
    public static void DescribeTags(this OpenApiOptions options, IReadOnlyDictionary<string, string> descriptions) =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            foreach (var tag in document.Tags ?? Enumerable.Empty<Microsoft.OpenApi.OpenApiTag>())
            {
                tag.Description ??= descriptions.GetValueOrDefault(tag.Name!);
            }

            return Task.CompletedTask;
        });
}
