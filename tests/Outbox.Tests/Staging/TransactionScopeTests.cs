using System.Transactions;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Staging;

public sealed class SqliteTransactionScopeTests : TransactionScopeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTransactionScopeTests : TransactionScopeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Code of an application that has its transactions by <see cref="TransactionScope"/>.</summary>
public abstract class TransactionScopeTests : StoreSuite
{
    [Fact]
    public async Task A_task_is_not_enqueued_within_a_scope_that_may_roll_back()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using var services = pipeline.Services.CreateAsyncScope();
        var unit = services.ServiceProvider.GetRequiredService<IUnitOfWork>();

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            services.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greet("a"));
            var commit = await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.CommitAsync(TestContext.Current.CancellationToken));
            await Assert.ThrowsAsync<UnitOfWorkMisuseException>(() => unit.BeginAsync(TestContext.Current.CancellationToken));
            Assert.Contains("TransactionScope", commit.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await UnderTest.CountAsync(UnderTest.NameOf("tasks")));
        await unit.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await UnderTest.CountAsync(UnderTest.NameOf("tasks")));
    }

    [Fact]
    public async Task A_read_within_a_scope_leaves_its_transaction_alone()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var own = await UnderTest.OpenAsync();
            await using var insert = own.CreateCommand();
            insert.CommandText = "INSERT INTO things (name) VALUES ('kept')";
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await pipeline.Services.GetRequiredService<ITaskStore>().ListAsync(new TaskQuery { Limit = 1 }, TestContext.Current.CancellationToken);
            scope.Complete();
        }

        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'kept'"));
    }
}
