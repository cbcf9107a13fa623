namespace Messaging.Outbox.Undelivered;

/// <summary>The broker does not take a message, because of its size. It was not sent.</summary>
internal sealed class MessageRefusedException(string message) : Exception(message);
