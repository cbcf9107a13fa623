namespace Messaging.Outbox;

/// <summary>
/// A message that was edited to be run again is not one of its type. The exception's message describes the problem, beginning with a verb, and
/// contains no value of the message.
/// </summary>
public sealed class EditedMessageException(string message) : Exception(message);
