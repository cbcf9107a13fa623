using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api;

/// <summary>What the OpenAPI document says of the use cases.</summary>
internal static class ApiDescription
{
    private static readonly Dictionary<string, string> UseCases = new()
    {
        ["Register"] = "An account for an e-mail address.",
        ["Passwords"] = "A forgotten password is set by a link that is mailed.",
        ["Logs"] = "A log of what happened, written by tasks.",
        ["Exports"] = "Exports of the log, as an example of long work in parts.",
        ["Users"] = "Profiles, which each API process keeps in a cache.",
        ["Uploads"] = "Files, and the thumbnails that tasks create of them.",
        ["Data"] = "The amount of data at a glance.",
    };

    /// <summary>Adds the use cases to the document. The comments of this project are found because it calls <c>AddOpenApi</c>.</summary>
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(OutboxOpenApiExtensions.DocumentName, options =>
    {
        options.DescribeTags(UseCases);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Messaging";
            document.Info.License = new() { Name = "MIT", Identifier = "MIT" };
            document.Info.Description = "Responds at once; a worker executes the rest. Follow a task at /tasks/{id}.";
            document.Servers = [new() { Url = "/" }]; // relative, so it does not depend on the host name of the first request
            return Task.CompletedTask;
        });
    });
}
