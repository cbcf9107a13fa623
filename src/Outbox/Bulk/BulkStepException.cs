namespace Messaging.Outbox.Bulk;

/// <summary>A step could not be committed; nothing of it is there.</summary>
/// <param name="inner">The error.</param>
/// <param name="only">The task or dead letter that was to be changed, if it was one alone.</param>
/// <param name="isOfSearch">Whether it failed before it was known what was to be changed.</param>
internal sealed class BulkStepException(Exception inner, Guid? only, bool isOfSearch = false) : Exception(inner.Message, inner)
{
    public Guid? Only => only;

    public bool IsOfSearch => isOfSearch;
}
