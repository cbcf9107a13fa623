using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.OpenApi;
using Microsoft.AspNetCore.OpenApi;

namespace Messaging.Outbox;

/// <summary>Describes the control API in an OpenAPI document, and serves it.</summary>
public static class OutboxOpenApiExtensions
{
    /// <summary>The name of the document unless another one is given.</summary>
    public const string DocumentName = "v1";

    private const int MaxConcurrent = 100; // 200 KB each

    /// <summary>
    /// Adds the control API to a document: its types with their comments, and which routes require a key. An application with its
    /// own comments also calls <c>AddOpenApi</c> with the same name, because the comments of a project are found by a call within
    /// it.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="documentName">The document's name.</param>
    public static IServiceCollection AddOutboxOpenApi(this IServiceCollection services, string documentName = DocumentName)
    {
        services.AddSingleton(provider => new OpenApiFile(documentName, provider.GetRequiredKeyedService<IOpenApiDocumentProvider>(documentName)));
        services.PostConfigure<OpenApiOptions>(documentName, options => options.AddRequests()); // after the comments, which know a parameter by its C# name
        return services.AddOpenApi(documentName, options =>
        {
            options.AddAccess();
            options.DescribeTags(TagDescriptions.OfTheOutbox);
        });
    }

    /// <summary>
    /// Maps the document of <see cref="AddOutboxOpenApi"/> to <c>/openapi/{name}.json</c>, in place of <c>MapOpenApi</c>: it is built
    /// and compressed once, caches can revalidate it, and at most 100 responses are sent at the same time. Without a key it counts
    /// as a read (<see cref="RateLimitPolicies.Reads"/>); add <c>RequireRead()</c> to require one.
    /// </summary>
    public static RouteHandlerBuilder MapOutboxOpenApi(this IEndpointRouteBuilder routes) => routes
        .MapGet(routes.ServiceProvider.GetRequiredService<OpenApiFile>().Path, (HttpContext http, OpenApiFile file) => file.RespondAsync(http))
        .SetsSafeHeaders()
        .LimitsConcurrency(MaxConcurrent)
        .LimitsAnonymous(RateLimitPolicies.Reads)
        .ExcludeFromDescription();
}
