using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>A page of a list: every list takes these, and answers with <c>items</c> and <c>next</c>.</summary>
public abstract record PageQuery
{
    /// <summary>Items of a page. Default 50.</summary>
    [Range(1, 200)]
    public int? Limit { get; init; }

    /// <summary>The size of the page.</summary>
    public int Size() => Limit ?? 50;
}

/// <summary>A page of what has ids.</summary>
public record PageById : PageQuery
{
    /// <summary><c>next</c> of the page before.</summary>
    public Guid? After { get; init; }
}

/// <summary>A page of what has names.</summary>
public record PageByName : PageQuery
{
    /// <summary><c>next</c> of the page before.</summary>
    [Text(200)]
    public string? After { get; init; }

    /// <summary>The page of a list that is in memory, or of one item more than the page has.</summary>
    /// <param name="all">In the order of the names.</param>
    /// <param name="name">An item's name.</param>
    public NamedPage<T> Of<T>(IEnumerable<T> all, Func<T, string> name)
    {
        var items = all.Where(item => After is null || string.CompareOrdinal(name(item), After) > 0).Take(Size() + 1).ToList();
        return items.Count <= Size() ? new(items, Next: null) : new(items[..Size()], name(items[Size() - 1]));
    }
}

/// <summary>Some of a list.</summary>
/// <param name="Items">In the order of their names.</param>
/// <param name="Next">What to give as <c>after</c> to read on; null at the end.</param>
public sealed record NamedPage<T>(IReadOnlyList<T> Items, string? Next);
