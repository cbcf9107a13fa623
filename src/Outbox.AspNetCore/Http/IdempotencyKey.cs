using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>The <c>Idempotency-Key</c> of a POST.</summary>
/// <param name="Scope">The scope in which the key is valid: the method, the route with its values, and the caller.</param>
/// <param name="RequestHash">
/// A hash of the content that must be equal in a repetition: the query string and the body (<see cref="RequestHash"/>). Null
/// until the body of a streaming route has been read (<see cref="StreamedBody"/>).
/// </param>
internal sealed record IdempotencyKey(string Scope, string? RequestHash)
{
    public const string HeaderName = IdempotencyHeaders.Key;
    private const int MaxLength = 255;

    // The 32 digits of a random UUID practically always contain at least this many different ones; those of a counter do not.
    private const int MinDifferentDigits = 8;

    public static bool IsIn(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Headers.ContainsKey(HeaderName);

    /// <summary>Whether the body of a request is read twice: it has a key, and a filter of the route commits with it.</summary>
    public static bool Buffers(HttpContext http) =>
        IsIn(http.Request) && http.GetEndpoint() is { } endpoint && KeyedRoute.Is(endpoint) && !StreamedBody.IsExpected(http);

    /// <exception cref="BadHttpRequestException">
    /// 400: not a valid key, or one that others could guess. 413: the body is too large.
    /// </exception>
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

    /// <summary>Adds the hash that a handler of a streamed body has provided.</summary>
    public IdempotencyKey After(HttpContext http) => this with { RequestHash = RequestHash ?? StreamedBody.HashOf(http) };

    /// <summary>
    /// Callers without an access key share one scope, so the key must be hard to guess. The randomness of a string cannot be
    /// checked, and an order number can be as long, so a random UUID is required.
    /// </summary>
    private static bool IsHardToGuess(string key) =>
        Guid.TryParseExact(key, "D", out var id) && id.Version is 4 or 7 && id.ToString("N").Distinct().Count() >= MinDifferentDigits;

    /// <summary>
    /// The route, not the path, because a path can be written in several ways: <c>/register/</c> and <c>/REGISTER</c> are the
    /// same.
    /// </summary>
    private static string RouteOf(HttpRequest request)
    {
        var route = (request.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? request.Path.Value;
        var values = request.RouteValues
            .OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => $"{v.Key}={(Guid.TryParse(v.Value as string, out var id) ? id.ToString() : Uri.EscapeDataString(v.Value?.ToString() ?? ""))}");
        return $"{route}\n{string.Join('&', values)}";
    }
}

/// <summary>Metadata of a route on which a filter commits the staged work, with the key of the request if it has one.</summary>
internal sealed class KeyedRoute
{
    private KeyedRoute()
    {
    }

    public static KeyedRoute Instance { get; } = new();

    public static bool Is(Endpoint endpoint) => endpoint.Metadata.GetMetadata<KeyedRoute>() is not null && OwnCommit.Of(endpoint)?.IsByHand != true;
}

internal static class IdempotencyKeyExtensions
{
    /// <summary>Buffers the body of a request with a key, so that it can be read twice.</summary>
    public static void UseIdempotencyKeys(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (IdempotencyKey.Buffers(context))
        {
            var limit = BodySize.Of(context).Limit; // above it the response is 413
            context.Request.EnableBuffering((int)Math.Min(limit, int.MaxValue), limit); // in memory: what callers send is written to no file
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
                    Description = "A repeated request with the same key gets the first response again and has no further effect.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
                });
                operation.Responses ??= [];
                operation.Responses.TryAdd("422", new OpenApiResponse
                {
                    Description = "The key was used for a different request.",
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("ProblemDetails", context.Document) },
                    },
                });
            }

            return Task.CompletedTask;
        });
}
