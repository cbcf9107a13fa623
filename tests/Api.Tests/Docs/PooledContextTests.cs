using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using UserOfTheLibrary;

namespace Messaging.Api.Tests.Docs;

/// <summary>A context of a pool, which would keep the connection of a unit that it has joined for its next user.</summary>
public sealed class PooledContextTests
{
    [Fact]
    public async Task A_pooled_context_is_refused_when_it_joins()
    {
        var pool = new PooledDbContextFactory<ShopDb>(new DbContextOptionsBuilder<ShopDb>().Options);
        await using var db = await pool.CreateDbContextAsync(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.JoinAsync(unit: null!, TestContext.Current.CancellationToken));

        Assert.Contains("AddDbContextPool", refused.Message, StringComparison.Ordinal);
    }
}
