using System.Security.Cryptography;
using System.Text;
using Messaging.Api.Access;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Messaging.Api.Http;

/// <summary>The header by which a client says that a POST is the same one again.</summary>
/// <param name="Scope">What the key is valid for: the method, the path and the caller.</param>
/// <param name="RequestHash">
/// Of what has to be the same again: the content type, the query string and the body. Null as long as the body has not been read that a
/// route streams (<see cref="StreamedBody"/>).
/// </param>
internal sealed record IdempotencyKey(string Scope, string? RequestHash)
{
    public const string HeaderName = "Idempotency-Key";
    private const int MaxLength = 255;

    public static bool IsIn(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Headers.ContainsKey(HeaderName);

    /// <exception cref="BadHttpRequestException">400: it is not a key. 413: the body is too large.</exception>
    public static async Task<IdempotencyKey> ReadAsync(HttpRequest request)
    {
        if (request.Headers[HeaderName] is not [{ Length: > 0 and <= MaxLength } key] || key.Any(c => c is < '!' or > '~'))
        {
            throw new BadHttpRequestException(
                $"The header {HeaderName} must be sent once, with 1 to {MaxLength} visible ASCII characters.");
        }

        // The path comes last: of these, only it may contain a line break.
        var scope = $"{request.Method}\n{key}\n{request.HttpContext.Who()}\n{request.PathBase}{request.Path}";
        return new IdempotencyKey(scope, StreamedBody.IsExpected(request.HttpContext) ? null : await HashAsync(request));
    }

    /// <summary>With what a handler that streams its body has said of it.</summary>
    public IdempotencyKey After(HttpContext http) => this with { RequestHash = RequestHash ?? StreamedBody.HashOf(http) };

    private static async Task<string> HashAsync(HttpRequest request)
    {
        request.Body.Position = 0; // a parameter that is bound from the body has read it
        var body = await RequestBody.ReadAsync(request);
        request.Body.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.ContentType}\n{request.QueryString}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

internal static class IdempotencyKeyExtensions
{
    /// <summary>Keeps the body of a request that has a key, so that it can be read twice.</summary>
    public static void UseIdempotencyKeys(this WebApplication app) => app.Use((context, next) =>
    {
        if (IdempotencyKey.IsIn(context.Request) && !StreamedBody.IsExpected(context))
        {
            // All of it in memory: above the limit it is a 413.
            context.Request.EnableBuffering(context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes);
        }

        return next(context);
    });

    public static TBuilder DescribesIdempotencyKey<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            if (HttpMethods.IsPost(context.Description.HttpMethod ?? string.Empty)
                && !context.Description.ActionDescriptor.EndpointMetadata.Contains(OwnCommit.ByHand)
                && operation.Parameters?.Any(p => string.Equals(p.Name, IdempotencyKey.HeaderName, StringComparison.Ordinal)) != true)
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = IdempotencyKey.HeaderName,
                    In = ParameterLocation.Header,
                    Description = "The same key again, with the same request, gets the first answer again, and nothing is done twice.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
                });
                operation.Responses ??= [];
                operation.Responses.TryAdd("422", new OpenApiResponse
                {
                    Description = "The key was used for another request.",
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("ProblemDetails", context.Document) },
                    },
                });
            }

            return Task.CompletedTask;
        });
}
