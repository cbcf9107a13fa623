using System.ComponentModel;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Tests.Tasks;

public sealed record Order
{
    public required Guid Id { get; init; }

    public required Customer Customer { get; init; }

    public required IReadOnlyList<string> Items { get; init; }

    public required IReadOnlyDictionary<string, int> Stock { get; init; }

    public required DateTimeOffset At { get; init; }

    public required TimeSpan Within { get; init; }

    public required Uri Page { get; init; }

    public Order? Before { get; init; }

    public DateOnly? Day { get; init; }

    public bool IsPaid { get; init; }

    public string Short => "not set by anybody";

    [ReadOnly(true)]
    public int Own { get; init; }
}

public sealed record Customer(string Name, Size Size, int Orders = 3, Customer? Parent = null);

public sealed record Loop
{
    public required Loop Next { get; init; }
}

/// <summary>What somebody begins with who writes a message by hand.</summary>
public sealed class MessageExampleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 3, 4, 567, TimeSpan.Zero);

    private readonly TaskTypes _types = new([typeof(Order), typeof(Loop)], []);

    [Fact]
    public void It_has_every_member_that_a_caller_may_set() => Assert.Equal(
        """
        {"id":"00000000-0000-0000-0000-000000000000","customer":{"name":"","size":"Small","orders":3,"parent":null},"items":[],"stock":{},"at":"2026-11-30T12:03:04Z","within":"00:00:00","page":"https://example.org","before":null,"day":null,"isPaid":false}
        """,
        _types.ExampleOf(nameof(Order), Now)!.ToJsonString());

    [Fact]
    public void It_is_a_message_of_its_type() =>
        Assert.True(_types.TryRead(nameof(Order), System.Text.Json.JsonSerializer.SerializeToElement(_types.ExampleOf(nameof(Order), Now)), out _, out var error), error);

    [Fact]
    public void A_type_of_itself_ends_somewhere() => Assert.InRange(_types.ExampleOf(nameof(Loop), Now)!.ToJsonString().Length, 10, 100);

    [Fact]
    public void There_is_none_of_a_type_that_is_not_known() => Assert.Null(_types.ExampleOf("order", Now));
}
