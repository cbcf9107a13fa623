using System.Text.Json;
using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Describes in OpenAPI what <see cref="RequestFields"/> reads: the body in each of its kinds, or the query string.</summary>
internal static class FieldsOpenApi
{
    public static RouteHandlerBuilder TakesFields<TRequest>(this RouteHandlerBuilder route)
        where TRequest : class =>
        route
            .Accepts<TRequest>(isOptional: true, "application/json", "application/x-www-form-urlencoded", "multipart/form-data")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters ??= [];
                foreach (var property in typeof(TRequest).GetProperties())
                {
                    var isText = property.PropertyType == typeof(string) || property.PropertyType.IsEnum;
                    operation.Parameters.Add(new OpenApiParameter
                    {
                        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name) + (isText ? "" : "[name]"),
                        In = ParameterLocation.Query,
                        Description = "Instead of the body's field.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    });
                }

                return Task.CompletedTask;
            });
}
