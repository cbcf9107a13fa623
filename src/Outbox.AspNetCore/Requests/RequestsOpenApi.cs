using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Adds to the OpenAPI document what ASP.NET Core cannot derive about requests.</summary>
public static class RequestsOpenApi
{
    /// <summary>Describes a route that takes a JSON body: the errors of reading it, and an example.</summary>
    public static RouteHandlerBuilder TakesJson(this RouteHandlerBuilder route, string example) => route.AnswersBodyErrors().AddOpenApiOperationTransformer((operation, _, _) =>
    {
        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
        {
            content.Example = JsonNode.Parse(example);
        }

        return Task.CompletedTask;
    });

    /// <summary>
    /// Describes a route whose request is bound by <see cref="AnyForm"/>: the content types of the body, the query parameters, and
    /// the errors of reading it.
    /// </summary>
    public static RouteHandlerBuilder TakesFields<TRequest>(this RouteHandlerBuilder route)
        where TRequest : class =>
        route
            .Accepts<TRequest>(isOptional: true, "application/json", "application/x-www-form-urlencoded", "multipart/form-data")
            .AnswersBodyErrors()
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters ??= [];
                foreach (var property in typeof(TRequest).GetProperties())
                {
                    var isText = property.PropertyType == typeof(string) || (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType).IsEnum;
                    operation.Parameters.Add(new OpenApiParameter
                    {
                        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name) + (isText ? "" : "[name]"),
                        In = ParameterLocation.Query,
                        Description = "Used if the body does not have the field.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    });
                }

                return Task.CompletedTask;
            });

    internal static void AddRequests(this OpenApiOptions options)
    {
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                if (context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryContract>().FirstOrDefault()?.Parameters
                    .FirstOrDefault(p => p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)) is { } known)
                {
                    parameter.Name = known.Name;
                    parameter.Explode = known.Type.IsArray; // names are separated by commas
                    parameter.Schema = SchemaOf(known.Type) ?? parameter.Schema;
                }
            }

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Correct(schema, context.JsonTypeInfo.Type);
            if (NameOf(context.JsonPropertyInfo) is { } name)
            {
                (schema.Type, schema.Enum) = (JsonSchemaType.String, NamesOf(name).Enum); // null is added where it is referred to
            }

            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            foreach (var schema in document.Components?.Schemas?.Values.OfType<OpenApiSchema>() ?? [])
            {
                RequireValues(schema);
            }

            return Task.CompletedTask;
        });
    }

    private static void Correct(OpenApiSchema schema, Type of)
    {
        if ((Nullable.GetUnderlyingType(of) ?? of) is { IsGenericType: true } names && names.GetGenericTypeDefinition() == typeof(Names<>))
        {
            schema.Type = JsonSchemaType.String; // in a body: separated by commas, as in a query string; an array is taken too
        }
        else if (SchemaOf(of) is { } known)
        {
            (schema.Type, schema.Format, schema.OneOf, schema.Enum) = (known.Type, known.Format, known.OneOf, known.Enum);
        }

        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.String) && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
        {
            (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null); // strings are accepted as numbers, but never written
        }

        if (schema.Type?.HasFlag(JsonSchemaType.Object) == true && schema.MaxLength is { } entries)
        {
            (schema.MaxLength, schema.MaxProperties) = (null, entries);
        }
    }

    /// <summary>Removes null from the types of required properties.</summary>
    private static void RequireValues(OpenApiSchema schema)
    {
        foreach (var name in schema.Required ?? Enumerable.Empty<string>())
        {
            if (schema.Properties?.TryGetValue(name, out var property) == true && property is OpenApiSchema required)
            {
                required.Type &= ~JsonSchemaType.Null;
                schema.Properties[name] = required.OneOf is [{ Type: JsonSchemaType.Null }, var only] ? only : required;
            }
        }
    }

    /// <summary>The schema of a type that has its own converter or parser; null for other types.</summary>
    private static OpenApiSchema? SchemaOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(Moment) => new() { Type = JsonSchemaType.String, Format = "date-time" },
        var t when t == typeof(Duration) => new() { OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Number }] },
        { IsGenericType: true } t when t.GetGenericTypeDefinition() == typeof(Name<>) => NamesOf(t.GenericTypeArguments[0]),
        { IsGenericType: true } t when t.GetGenericTypeDefinition() == typeof(Names<>) => new() { Type = JsonSchemaType.Array, Items = NamesOf(t.GenericTypeArguments[0]) },
        _ => null,
    };

    /// <returns>The enumeration whose names a property accepts by <see cref="NameConverter{T}"/>, which hides it from the schema.</returns>
    private static Type? NameOf(JsonPropertyInfo? property) =>
        property?.AttributeProvider?.GetCustomAttributes(typeof(JsonConverterAttribute), inherit: false) is [JsonConverterAttribute { ConverterType: { IsGenericType: true } converter }]
            && converter.GetGenericTypeDefinition() == typeof(NameConverter<>)
            ? converter.GenericTypeArguments[0]
            : null;

    private static OpenApiSchema NamesOf(Type type) => new() { Type = JsonSchemaType.String, Enum = [.. Enum.GetNames(type).Select(name => (JsonNode)name)] };

    private static RouteHandlerBuilder AnswersBodyErrors(this RouteHandlerBuilder route) => route
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
