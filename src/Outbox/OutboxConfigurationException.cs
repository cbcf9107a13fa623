namespace Messaging.Outbox;

/// <summary>
/// The configuration prevents the outbox from keeping its guarantees, so the process does not start. The message contains the
/// correction.
/// </summary>
public sealed class OutboxConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
