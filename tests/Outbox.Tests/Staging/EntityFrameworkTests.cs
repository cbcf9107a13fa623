using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Staging;

public sealed class SqliteEntityFrameworkTests : EntityFrameworkTests
{
    private protected override void Choose(DbContextOptionsBuilder options) => options.UseSqlite();

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresEntityFrameworkTests : EntityFrameworkTests
{
    private protected override void Choose(DbContextOptionsBuilder options) => options.UseNpgsql();

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A DbContext that joins the transaction of the unit of work, as the page about the library has it.</summary>
public abstract class EntityFrameworkTests : StoreSuite
{
    private protected abstract void Choose(DbContextOptionsBuilder options);

    [Fact]
    public async Task Entities_of_a_consumer_are_stored_with_what_it_publishes()
    {
        var script = new Script { Greet = (context, services) => SaveAsync(context, services, "kept") };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Succeeded);

        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'kept'"));
        Assert.True(await pipeline.Harness.Published.Any<Greeted>(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Entities_of_a_failed_attempt_are_not_stored()
    {
        var script = new Script
        {
            Greet = async (context, services) =>
            {
                await SaveAsync(context, services, "lost");
                throw new InvalidOperationException("after the save");
            },
        };
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, script: script);

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("a")), TaskState.Failed);

        Assert.Equal(0, await UnderTest.CountAsync("things"));
    }

    private async Task SaveAsync(ConsumeContext context, IServiceProvider services, string name)
    {
        var options = new DbContextOptionsBuilder<Things>();
        Choose(options);
        await using var db = new Things(options.Options);
        var transaction = await services.GetRequiredService<IUnitOfWork>().BeginAsync(context.CancellationToken);
        db.Database.SetDbConnection(transaction.Connection);
        await db.Database.UseTransactionAsync(transaction, context.CancellationToken);
        db.Add(new Thing { Name = name });
        await db.SaveChangesAsync(context.CancellationToken);
        await context.Publish(new Greeted(name));
    }

    private sealed class Things(DbContextOptions<Things> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Thing>(thing =>
        {
            thing.ToTable("things").HasKey(t => t.Name);
            thing.Property(t => t.Name).HasColumnName("name");
        });
    }

    private sealed class Thing
    {
        public required string Name { get; init; }
    }
}
