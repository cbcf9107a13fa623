namespace Messaging.Outbox;

/// <summary>A page of a list.</summary>
/// <param name="Items">
/// The items. There may be fewer than requested, or none, although more follow: a page reads a bounded number of rows.
/// </param>
/// <param name="Next">Where the next page starts; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, Guid? Next)
{
    /// <summary>
    /// How far back the page has searched: the time in <see cref="Next"/>; null at the end, or if the id contains no time.
    /// </summary>
    public DateTimeOffset? SearchedTo => Next is { } next && Uuid7.HasTime(next) ? Uuid7.TimeOf(next) : null;
}
