namespace Messaging.Outbox;

/// <summary>
/// Says that the value of a property is replaced by <c>"[redacted]"</c> in the payload that is kept, also in nested objects and lists. A task with
/// such a payload can only be run again with an edited message. The message that is delivered is not changed.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RedactedAttribute : Attribute;
