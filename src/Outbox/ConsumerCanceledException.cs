namespace Messaging.Outbox;

/// <summary>
/// A consumer was cancelled by its own code, for example by the timeout of an HTTP client. It is a failure like any other and
/// does not end the delivery.
/// </summary>
internal sealed class ConsumerCanceledException(Exception cause) : Exception(cause.Message, cause);
