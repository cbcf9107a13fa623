using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.Rows;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The paging parameters that every list accepts. A list returns <c>items</c> and <c>next</c>.</summary>
public abstract record PageQuery
{
    /// <summary>The maximum number of items. Default 50.</summary>
    [Range(1, 200)]
    public int? Limit { get; init; }

    /// <summary>The number of items on the page: <see cref="Limit"/>, or 50.</summary>
    public int Size() => Limit ?? 50;
}

/// <summary>The paging parameters of a list that is ordered by id.</summary>
public record PageById : PageQuery
{
    /// <summary>The <c>next</c> of the previous page.</summary>
    public Guid? After { get; init; }
}

/// <summary>The paging parameters of a list that is ordered by name.</summary>
public record PageByName : PageQuery
{
    /// <summary>The <c>next</c> of the previous page.</summary>
    [Text(200)]
    public string? After { get; init; }

    /// <summary>Takes the page from a list in memory.</summary>
    /// <param name="all">All items, in the ordinal order of their names.</param>
    /// <param name="name">Gives an item's name.</param>
    public NamedPage<T> Of<T>(IEnumerable<T> all, Func<T, string> name) =>
        OfStored([.. all.Where(item => After is null || string.CompareOrdinal(name(item), After) > 0).Take(ToRead)], name);

    /// <summary>Takes the page from what the database found after <see cref="After"/>, in the order of its own collation.</summary>
    /// <param name="items">The items; one more than the page has if there is a next page.</param>
    /// <param name="name">Gives an item's name.</param>
    internal NamedPage<T> OfStored<T>(IReadOnlyList<T> items, Func<T, string> name)
    {
        var (page, hasNext) = OneMore.Cut(items, Size());
        return new NamedPage<T>(page, hasNext ? name(page[^1]) : null);
    }

    /// <summary>How many items to read for <see cref="OfStored{T}"/>.</summary>
    internal int ToRead => OneMore.Than(Size());
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The items, ordered by name.</param>
/// <param name="Next">The <c>after</c> of the next page; null on the last page.</param>
public sealed record NamedPage<T>(IReadOnlyList<T> Items, string? Next);
