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
}
