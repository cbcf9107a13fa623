using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Describes in OpenAPI what <see cref="QueryFields"/> reads.</summary>
internal static class QueryOpenApi
{
    /// <param name="route">The route.</param>
    /// <param name="parameters">Name, description and, if there is one, an example of each parameter.</param>
    public static RouteHandlerBuilder TakesQuery(
        this RouteHandlerBuilder route, params IReadOnlyList<(string Name, string Description, string? Example)> parameters) =>
        route.ProducesValidationProblem().AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var (name, description, example) in parameters)
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Query,
                    Description = description,
                    Example = example,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }

            return Task.CompletedTask;
        });
}
