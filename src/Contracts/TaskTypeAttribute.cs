namespace Messaging.Contracts;

/// <summary>
/// Allows operators to enqueue a message by its type name, by <c>POST /tasks</c> and by schedules. Without it only code can
/// enqueue the message, and schedules that code declares. Set it only on messages that do no harm with any content: nothing but
/// their consumer validates it.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskTypeAttribute : Attribute;
