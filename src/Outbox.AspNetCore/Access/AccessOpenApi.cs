using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Describes in OpenAPI which operations need a key, and the two ways to send it.</summary>
internal static class AccessOpenApi
{
    private const string BearerScheme = "Bearer", HeaderScheme = "ApiKey";

    public static void AddAccess(this OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.AddComponent<IOpenApiSecurityScheme>(
                BearerScheme,
                new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An access key." });
            document.AddComponent<IOpenApiSecurityScheme>(
                HeaderScheme,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = ApiKeyHandler.HeaderName,
                    Description = "An access key.",
                });
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            // Requirements are alternatives. The empty one allows requests without a key; with a key the response contains more.
            List<OpenApiSecurityRequirement> keys =
            [
                new() { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] },
                new() { [new OpenApiSecuritySchemeReference(HeaderScheme, context.Document)] = [] },
            ];
            var needsKey = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
                .Any(data => data.Policy is AccessRoles.ReadPolicy or AccessRoles.OperatePolicy);
            operation.Security = needsKey ? keys : [new(), .. keys];
            return Task.CompletedTask;
        });
    }
}
