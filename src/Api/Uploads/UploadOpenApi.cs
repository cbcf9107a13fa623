using System.Globalization;
using Microsoft.OpenApi;

namespace Messaging.Api.Uploads;

/// <summary>Describes in OpenAPI the bodies that <see cref="UploadBody"/> reads, and file responses.</summary>
internal static class UploadOpenApi
{
    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder route, long maxBytes) => route
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status507InsufficientStorage)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "name",
                In = ParameterLocation.Query,
                Description = "The name of the upload; overrides the form's field and the name in Content-Disposition.",
                Example = "logo",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = UploadBody.MaxName },
            });
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = string.Create(CultureInfo.InvariantCulture, $"A file of at most {maxBytes} bytes; in a form it comes last."),
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["multipart/form-data"] = new() { Schema = Form() },
                    ["application/octet-stream"] = new() { Schema = Binary() },
                },
            };
            return Task.CompletedTask;
        });

    public static void ProducesFile(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Responses ??= [];
            operation.Responses["200"] = new OpenApiResponse
            {
                Description = "OK; 206 for a range, 304 if the client has the current file.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/octet-stream"] = new() { Schema = Binary() },
                },
            };
            return Task.CompletedTask;
        });

    private static OpenApiSchema Form() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["name"] = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = UploadBody.MaxName },
            ["file"] = Binary(),
        },
    };

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
