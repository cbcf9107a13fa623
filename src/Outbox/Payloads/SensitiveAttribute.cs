namespace Messaging.Outbox;

/// <summary>
/// Says that the content of a message must not be stored beyond its delivery: its payload is not kept, whatever the settings say, and it has no
/// search keys. The outbox and dead letters hold the message as before, until it is delivered or decided about.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface)]
public sealed class SensitiveAttribute : Attribute;
