using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Tests.Requests;

public sealed class PageQueryTests
{
    [Fact]
    public void PageKeepsTheDatabasesOrder()
    {
        string[] stored = ["a-c", "a_b", "b"]; // after "ab" in a collation that ignores punctuation

        var page = new PageByName { After = "ab", Limit = 2 }.OfStored(stored, name => name);

        Assert.Equal(["a-c", "a_b"], page.Items);
        Assert.Equal("a_b", page.Next);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void PagesOfAListInMemoryHaveEachNameOnce(int size)
    {
        string[] all = [.. new[] { "ab", "a-c", "a_b", "a.b", "b", "Ä" }.Order(StringComparer.Ordinal)];
        var found = new List<string>();

        for (string? after = ""; after is not null;)
        {
            var page = new PageByName { After = after, Limit = size }.Of(all, name => name);
            Assert.True(found.Count < all.Length, string.Join(' ', found));
            found.AddRange(page.Items);
            after = page.Next;
        }

        Assert.Equal(all, found);
    }
}
