using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox;

/// <summary>The control API in an OpenAPI document.</summary>
public static class OutboxOpenApiExtensions
{
    /// <summary>
    /// Describes the control API in a document: its types with their comments, and which routes need a key. An application that has comments of its own
    /// calls <c>AddOpenApi</c> with the same name as well: the comments of a project are found from a call within it.
    /// </summary>
    /// <param name="services">The application's.</param>
    /// <param name="documentName">The document's name.</param>
    public static IServiceCollection AddOutboxOpenApi(this IServiceCollection services, string documentName = OpenApiFile.Name)
    {
        services.AddSingleton<OpenApiFile>();
        return services.AddOpenApi(documentName, options =>
        {
            options.AddAccess();
            options.AddRequests();
            options.DescribeTags(TagDescriptions.OfTheOutbox);
        });
    }
}
