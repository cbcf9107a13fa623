namespace Messaging.Outbox.Tasks;

/// <summary>A consumer was cancelled by something of its own, such as an HTTP client's timeout: a failure like any other, and no end of its delivery.</summary>
internal sealed class ConsumerCanceledException(Exception cause) : Exception(cause.Message, cause);
