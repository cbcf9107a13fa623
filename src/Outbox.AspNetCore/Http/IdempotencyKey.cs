using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>The header by which a client says that a POST is the same one again.</summary>
/// <param name="Scope">What the key is valid for: the method, the route with its values, and the caller.</param>
/// <param name="RequestHash">
/// Of what has to be the same again: the query string and the body (<see cref="RequestHash"/>). Null as long as the body has not been read that
/// a route streams (<see cref="StreamedBody"/>).
/// </param>
internal sealed record IdempotencyKey(string Scope, string? RequestHash)
{
    public const string HeaderName = IdempotencyHeaders.Key;
    private const int MaxLength = 255;

    // Of a random UUID's 32 digits hardly ever fewer are different; of one that somebody counts up, most are the same.
    private const int MinDifferentDigits = 8;

    public static bool IsIn(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Headers.ContainsKey(HeaderName);

    /// <exception cref="BadHttpRequestException">400: it is not a key, or one that others could guess. 413: the body is too large.</exception>
    public static async Task<IdempotencyKey> ReadAsync(HttpRequest request)
    {
        if (request.Headers[HeaderName] is not [{ Length: > 0 and <= MaxLength } key] || key.Any(c => c is < '!' or > '~'))
        {
            throw new BadHttpRequestException(
                $"The header {HeaderName} must be sent once, with 1 to {MaxLength} visible ASCII characters.");
        }

        var who = request.HttpContext.Who();
        if (who == AccessExtensions.Anonymous && !IsHardToGuess(key))
        {
            throw new BadHttpRequestException(
                $"Without an access key the header {HeaderName} must be hard to guess: a random UUID of version 4 or 7, such as {Guid.NewGuid()}.");
        }

        return new IdempotencyKey(
            $"{request.Method}\n{key}\n{who}\n{RouteOf(request)}",
            StreamedBody.IsExpected(request.HttpContext) ? null : await Http.RequestHash.OfAsync(request));
    }

    /// <summary>With what a handler that streams its body has said of it.</summary>
    public IdempotencyKey After(HttpContext http) => this with { RequestHash = RequestHash ?? StreamedBody.HashOf(http) };

    /// <summary>
    /// Callers without an access key share one scope, so that the key itself has to tell them apart. How random a text is cannot be seen: an order's number
    /// may be as long.
    /// </summary>
    private static bool IsHardToGuess(string key) =>
        Guid.TryParseExact(key, "D", out var id) && id.Version is 4 or 7 && id.ToString("N").Distinct().Count() >= MinDifferentDigits;

    /// <summary>The route and not the path, which can be written in several ways: <c>/register/</c> and <c>/REGISTER</c> are the same.</summary>
    private static string RouteOf(HttpRequest request)
    {
        var route = (request.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? request.Path.Value;
        var values = request.RouteValues
            .OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => $"{v.Key}={(Guid.TryParse(v.Value as string, out var id) ? id.ToString() : Uri.EscapeDataString(v.Value?.ToString() ?? ""))}");
        return $"{route}\n{string.Join('&', values)}";
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
