using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>
/// Writes validation problems in one format: fields have their JSON names, each error starts with the field's name unless it is a
/// complete sentence, and the detail contains all errors. It also answers clients that do not accept JSON.
/// </summary>
internal sealed class FieldProblems : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => context.ProblemDetails is HttpValidationProblemDetails;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = (HttpValidationProblemDetails)context.ProblemDetails;
        var errors = problem.Errors.Select(e => (Field: NameOf(e.Key), Problems: e.Value)).ToList();
        problem.Errors = errors.DistinctBy(e => e.Field).ToDictionary(
            e => e.Field, e => e.Problems.Select(p => e.Field.Length == 0 || char.IsUpper(p, 0) ? p : $"'{e.Field}' {p}").ToArray(), StringComparer.Ordinal);
        problem.Detail ??= string.Join(' ', problem.Errors.Values.SelectMany(p => p));
        return new ValueTask(context.HttpContext.Response.WriteAsJsonAsync(
            problem, options: null, "application/problem+json", context.HttpContext.RequestAborted));
    }

    /// <summary>Converts the path of a C# member (<c>Then[0].Kind</c>) to JSON names (<c>then[0].kind</c>).</summary>
    private static string NameOf(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
