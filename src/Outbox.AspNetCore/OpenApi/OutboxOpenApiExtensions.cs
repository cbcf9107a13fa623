using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Microsoft.AspNetCore.OpenApi;

namespace Messaging.Outbox;

/// <summary>Describes the control API in an OpenAPI document.</summary>
public static class OutboxOpenApiExtensions
{
    /// <summary>
    /// Adds the control API to a document: its types with their comments, and which routes require a key. An application with its
    /// own comments also calls <c>AddOpenApi</c> with the same name, because the comments of a project are found by a call within
    /// it.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="documentName">The document's name.</param>
    public static IServiceCollection AddOutboxOpenApi(this IServiceCollection services, string documentName = OpenApiFile.Name)
    {
        services.AddSingleton<OpenApiFile>();
        services.PostConfigure<OpenApiOptions>(documentName, options => options.AddRequests()); // after the comments, which know a parameter by its C# name
        return services.AddOpenApi(documentName, options =>
        {
            options.AddAccess();
            options.DescribeTags(TagDescriptions.OfTheOutbox);
        });
    }
}
