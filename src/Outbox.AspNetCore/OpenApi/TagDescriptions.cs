using Microsoft.AspNetCore.OpenApi;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The descriptions of the groups of operations.</summary>
public static class TagDescriptions
{
    /// <summary>The groups that this package maps.</summary>
    internal static readonly IReadOnlyDictionary<string, string> OfTheOutbox = new Dictionary<string, string>
    {
        ["Overview"] = "What is going on, how it went, and what needs attention.",
        ["Tasks"] = "Background tasks: add, follow, cancel and retry them.",
        ["Dead letters"] = "Messages whose retries are exhausted: read them, redrive them, drop them.",
        ["Bulk actions"] = "Actions on more tasks or dead letters than one transaction takes: follow and stop them.",
        ["Schedules"] = "Tasks that are enqueued at the times of a cron expression.",
        ["Queues"] = "The queues of tasks: pause, resume, limit and purge them.",
        ["Workers"] = "The processes that are alive: what each of them does, and which version it is.",
        ["Audit"] = "The log of operator actions.",
        ["Dashboard"] = "The session of a browser that has signed in to the dashboard.",
    };

    /// <summary>Sets the descriptions of tags by name.</summary>
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
