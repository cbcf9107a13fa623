using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>Why a message is not sent again as an operator has asked: the 400 with the fields that are wrong.</summary>
internal static class EditProblems
{
    public static bool IsOne(Exception exception) =>
        exception is EditedMessageException or UncheckedEditException or DeadLetterEditException or UnknownQueueException or QueueTypeException;

    /// <param name="exception">What is wrong.</param>
    /// <param name="edit">The field with the edited message.</param>
    /// <param name="queue">The field with the queue.</param>
    public static ValidationProblem Of(Exception exception, string edit, string queue) => TypedResults.ValidationProblem(exception switch
    {
        EditedMessageException edited => edited.Problems.ToDictionary(p => p.Key.Length == 0 ? edit : $"{edit}.{p.Key}", p => p.Value.ToArray(), StringComparer.Ordinal),
        UnknownQueueException or QueueTypeException => new Dictionary<string, string[]> { [queue] = [exception.Message] },
        _ => new Dictionary<string, string[]> { [edit] = [exception.Message] },
    });
}
