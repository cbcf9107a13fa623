using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>
/// Writes validation problems in one format: fields have their JSON names, each error starts with the field's name unless it is a
/// complete sentence, and the detail contains all errors. It also answers clients that do not accept JSON. The application's own
/// <see cref="ProblemDetailsOptions.CustomizeProblemDetails"/> has the last word, as for all other problems.
/// </summary>
internal sealed class FieldProblems(IOptions<JsonOptions> json, IOptions<ProblemDetailsOptions> options) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => context.ProblemDetails is HttpValidationProblemDetails;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = (HttpValidationProblemDetails)context.ProblemDetails;
        var names = new JsonNames(http.GetEndpoint(), json.Value.SerializerOptions);
        var errors = problem.Errors.Select(e => (Field: names.Of(e.Key), Problems: e.Value)).ToList();
        problem.Errors = errors.DistinctBy(e => e.Field).ToDictionary(
            e => e.Field, e => e.Problems.Select(p => e.Field.Length == 0 || char.IsUpper(p, 0) ? p : $"'{e.Field}' {p}").ToArray(), StringComparer.Ordinal);
        problem.Detail ??= string.Join(' ', problem.Errors.Values.SelectMany(p => p));
        problem.Status ??= http.Response.StatusCode;
        options.Value.CustomizeProblemDetails?.Invoke(context);
        return new ValueTask(http.Response.WriteAsJsonAsync(
            context.ProblemDetails, context.ProblemDetails.GetType(), options: null, "application/problem+json", http.RequestAborted));
    }
}
