using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore.Masking;
using Messaging.Outbox.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks/suggestions</c>.</summary>
internal static class SuggestEndpoint
{
    public static void MapSuggestions(this IEndpointRouteBuilder routes) => routes.MapGet("/suggestions", HandleAsync)
        .WithName("SuggestTaskFilter")
        .WithSummary("Values for a field of the filter of tasks")
        .WithDescription("At most 20 that contain 'text'. Kinds are those of the task types and of the newest 2,000 tasks; keys are those that message types of this process declare.")
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<Suggestions>> HandleAsync(
        [AsParameters] SuggestionQuery query, TaskSuggestions suggestions, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Suggestions(await suggestions.FindAsync(
            query.Field?.Value ?? SuggestedField.Kind, query.Text, http.SeesAddresses() ? value => value : AddressMask.Of, cancellationToken)));
}

/// <summary>What is looked for.</summary>
internal sealed record SuggestionQuery
{
    /// <summary>The field: Kind (default), Queue, State, Worker, or Key for the names of search keys.</summary>
    public Name<SuggestedField>? Field { get; init; }

    /// <summary>A string that the values contain, ignoring case.</summary>
    [StringLength(200)]
    public string? Text { get; init; }
}

/// <summary>Suggested values.</summary>
/// <param name="Items">The values, best first.</param>
internal sealed record Suggestions(IReadOnlyList<Suggestion> Items);
