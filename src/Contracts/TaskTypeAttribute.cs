namespace Messaging.Contracts;

/// <summary>
/// Opens a message to operators: <c>POST /tasks</c> and schedules may enqueue it by its name. Without it only code does, and the schedule that
/// code declares for it. It is for what does no harm with any content, since nobody but its consumer looks at that.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskTypeAttribute : Attribute;
