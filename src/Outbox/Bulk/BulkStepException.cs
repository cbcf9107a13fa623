namespace Messaging.Outbox.Bulk;

/// <summary>A step could not be committed; nothing of it is there.</summary>
/// <param name="inner">The error.</param>
/// <param name="only">The task or dead letter that was to be changed, if it was one alone.</param>
internal sealed class BulkStepException(Exception inner, Guid? only) : Exception(inner.Message, inner)
{
    public Guid? Only => only;
}
