namespace Messaging.Outbox;

/// <summary>The outbox is configured in a way by which it cannot keep its promises. The message says what to write; the process does not start.</summary>
public sealed class OutboxConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
