using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The parameters of a page: every list accepts them, and returns <c>items</c> and <c>next</c>.</summary>
public abstract record PageQuery
{
    /// <summary>The maximum number of items. Default 50.</summary>
    [Range(1, 200)]
    public int? Limit { get; init; }

    /// <summary>The size of the page.</summary>
    public int Size() => Limit ?? 50;
}

/// <summary>A page of items with ids.</summary>
public record PageById : PageQuery
{
    /// <summary>The <c>next</c> of the previous page.</summary>
    public Guid? After { get; init; }
}

/// <summary>A page of items with names.</summary>
public record PageByName : PageQuery
{
    /// <summary>The <c>next</c> of the previous page.</summary>
    [Text(200)]
    public string? After { get; init; }

    /// <summary>Takes the page from a list in memory, or from one item more than the page has.</summary>
    /// <param name="all">All items, ordered by name.</param>
    /// <param name="name">Gives an item's name.</param>
    public NamedPage<T> Of<T>(IEnumerable<T> all, Func<T, string> name)
    {
        var items = all.Where(item => After is null || string.CompareOrdinal(name(item), After) > 0).Take(Size() + 1).ToList();
        return items.Count <= Size() ? new(items, Next: null) : new(items[..Size()], name(items[Size() - 1]));
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The items, ordered by name.</param>
/// <param name="Next">The <c>after</c> of the next page; null at the end.</param>
public sealed record NamedPage<T>(IReadOnlyList<T> Items, string? Next);
