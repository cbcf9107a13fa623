using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary><c>GET /dead-letter-groups</c>, <c>/dead-letter-groups/{id}</c>, and <c>PUT /dead-letter-groups/{id}/note</c>.</summary>
internal static class GroupEndpoints
{
    public static void MapReadGroups(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("", ListAsync)
            .WithName("GroupDeadLetters")
            .WithSummary("Undecided dead letters, grouped by reason, exception type and throw site")
            .WithDescription("'trend' counts those of each of the last 24 hours, oldest first.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/{id:guid}", FindAsync)
            .WithName("GetDeadLetterGroup")
            .WithSummary("A group of undecided dead letters")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    public static void MapGroupNote(this IEndpointRouteBuilder routes) => routes.MapPut("/{id:guid}/note", SetNoteAsync)
        .WithName("NoteDeadLetterGroup")
        .WithSummary("Writes a note on a group of dead letters")
        .WithDescription(
            "It replaces the former one; an empty text deletes it. With 'replaces', the 'at' of the note that was read, or null for none, it is 409 if there is another one by now. "
            + "The audit log records who wrote it, without the text.")
        .WorksWithoutReserve()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .TakesJson("""{ "text": "The mail server's certificate has expired; redrive after 14:00." }""");

    private static async Task<Ok<Page<DeadLetterGroup>>> ListAsync([AsParameters] PageById page, IDeadLetterControl deadLetters, CancellationToken cancellationToken) =>
        TypedResults.Ok(await deadLetters.ListGroupsAsync(page.After, page.Size(), cancellationToken));

    private static async Task<Results<Ok<DeadLetterGroup>, ProblemHttpResult>> FindAsync(Guid id, IDeadLetterControl deadLetters, CancellationToken cancellationToken) =>
        await deadLetters.FindGroupAsync(id, cancellationToken) is { } group ? TypedResults.Ok(group) : NotFound(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> SetNoteAsync(
        Guid id, NoteRequest body, IDeadLetterControl deadLetters, HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            return await deadLetters.SetNoteAsync(id, body.Text, http.Who(), body.Condition, cancellationToken) ? TypedResults.NoContent() : NotFound(id);
        }
        catch (DeadLetterNoteConflictException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"No dead letter of a group {id} waits for a decision.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>A note.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class NoteRequest : IValidatableObject
{
    /// <summary>The text, at most 2,000 characters; empty to delete the note.</summary>
    [Required(AllowEmptyStrings = true)]
    public string? Text { get; init; }

    /// <summary>The time of the note that it replaces; null if there must be none. Default: any.</summary>
    public Moment? Replaces { get; set => Condition = new DeadLetterNoteCondition((field = value)?.Value); }

    internal DeadLetterNoteCondition? Condition { get; private set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Text!.Length > 0 && !new TextAttribute(IDeadLetterControl.MaxNote) { HasLines = true }.IsValid(Text)
            ? [new($"must be at most {IDeadLetterControl.MaxNote} characters without control characters other than tabs and line breaks.", ["text"])]
            : [];
}
