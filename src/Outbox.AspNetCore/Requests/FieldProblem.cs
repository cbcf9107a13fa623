using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>A 400 that a handler finds, in the form of those that are found before it.</summary>
internal static class FieldProblem
{
    /// <param name="field">The JSON name of the field.</param>
    /// <param name="problem">The error; without the field's name, which precedes it, unless it is a complete sentence.</param>
    public static ValidationProblem Of(string field, string problem) => Of([new(field, problem)]);

    /// <param name="errors">The errors by field.</param>
    public static ValidationProblem Of(IEnumerable<KeyValuePair<string, string>> errors) =>
        TypedResults.ValidationProblem(errors.ToDictionary(e => e.Key, e => new[] { e.Value }, StringComparer.Ordinal));
}
