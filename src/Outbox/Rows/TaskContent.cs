namespace Messaging.Outbox.Rows;

/// <summary>What is kept of the message of a task.</summary>
/// <param name="Payload">The payload; null if none is kept.</param>
/// <param name="Keys">The keys by which the task is found.</param>
internal sealed record TaskContent(StagedPayload? Payload, IReadOnlyList<TaskKey> Keys);

/// <summary>A new row of <c>task_payloads</c>.</summary>
/// <param name="Type">The full name of the message type.</param>
/// <param name="Address">Where the message is sent to; null if it is published.</param>
/// <param name="Bytes">The size of its JSON.</param>
/// <param name="Redacted">The paths of the properties whose values were replaced, separated by commas; null for none.</param>
/// <param name="Message">The message as JSON in UTF-8, as it is written to the database; null if it is too large.</param>
internal sealed record StagedPayload(string Type, string? Address, int Bytes, string? Redacted, byte[]? Message);

/// <summary>A row of <c>task_payloads</c> that was read.</summary>
/// <param name="Type">The full name of the message type.</param>
/// <param name="Address">Where the message was sent to; null if it was published.</param>
/// <param name="Bytes">The size of its JSON in UTF-8.</param>
/// <param name="Redacted">The paths of the properties whose values were replaced, separated by commas; null for none.</param>
/// <param name="Message">The message as JSON; null if it is too large.</param>
internal sealed record KeptPayload(string Type, string? Address, int Bytes, string? Redacted, string? Message);
