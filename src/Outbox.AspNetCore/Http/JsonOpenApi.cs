using System.Text.Json.Nodes;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Describes in OpenAPI what <see cref="JsonFields"/> reads.</summary>
internal static class JsonOpenApi
{
    /// <param name="route">The route.</param>
    /// <param name="example">A body that would be taken.</param>
    public static RouteHandlerBuilder TakesJson<TBody>(this RouteHandlerBuilder route, string example)
        where TBody : class =>
        route
            .Accepts<TBody>("application/json")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                foreach (var content in operation.RequestBody?.Content?.Values ?? [])
                {
                    content.Example = JsonNode.Parse(example);
                }

                return Task.CompletedTask;
            });
}
