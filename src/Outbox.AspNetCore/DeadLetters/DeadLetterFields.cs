using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore.DeadLetters;

/// <summary>The parameters that say which failures are meant.</summary>
internal static class DeadLetterFields
{
    public static IReadOnlyList<(string Name, string Description, string? Example)> Parameters { get; } =
    [
        ("group", "A group's id.", null),
        ("taskId", "A task's id.", null),
        ("queue", "The queue.", "user-registered"),
        ("messageType", "The name of the message type.", "UserRegistered"),
        ("reason", "Failed, Skipped, Undelivered, Unsigned or Forged.", "Failed"),
        ("error", "A text that the error contains.", "timeout"),
        ("from", "Given up at this time or later.", "2026-11-24T12:00:00Z"),
        ("before", "Given up before this time.", null),
    ];

    public static IEnumerable<string> Names => Parameters.Select(p => p.Name);

    public static DeadLetterQuery Read(QueryFields fields) => new()
    {
        GroupId = fields.Id("group"),
        TaskId = fields.Id("taskId"),
        Queue = fields.Text("queue"),
        MessageType = fields.Text("messageType"),
        Reason = fields.Name<DeadLetterReason>("reason"),
        Error = fields.Text("error"),
        From = fields.Time("from"),
        Before = fields.Time("before"),
    };
}
