using System.Text.Json;
using Messaging.Outbox.AspNetCore.Masking;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>
/// Masks e-mail addresses (<see cref="AddressMask"/>) in all fields of responses to callers without the role <c>operate</c>. Routes
/// do not list the fields that can contain an address, so new fields are masked too (docs/decisions/0032).
/// </summary>
internal static class MaskedAnswers
{
    public static TBuilder MasksAddresses<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            return context.HttpContext.SeesAddresses() ? result : Masked(result, context.HttpContext);
        });

    private static object? Masked(object? result, HttpContext http) => result switch
    {
        INestedHttpResult nested => Masked(nested.Result, http),
        IValueHttpResult { Value: { } value and not ProblemDetails } => Json(value, (result as IStatusCodeHttpResult)?.StatusCode, http),
        null or IResult => result, // a file, a stream or an error
        string text => AddressMask.Of(text),
        _ => Json(result, status: null, http), // other values that a handler returns become JSON
    };

    private static IResult Json(object value, int? status, HttpContext http)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return TypedResults.Json(AddressMask.Of(JsonSerializer.SerializeToElement(value, value.GetType(), options)), options, statusCode: status);
    }
}
