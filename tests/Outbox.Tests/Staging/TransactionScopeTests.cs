using System.Transactions;
using MassTransit;
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
    public async Task A_unit_without_work_may_commit_within_a_scope()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await using var services = pipeline.Services.CreateAsyncScope();
        var unit = services.ServiceProvider.GetRequiredService<IUnitOfWork>();

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await unit.CommitAsync(TestContext.Current.CancellationToken);
        }

        services.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Greet("a"));
        await unit.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await UnderTest.CountAsync(UnderTest.NameOf("tasks")));
    }

    [Fact]
    public async Task A_consumer_in_a_scope_outside_the_inbox_does_not_run()
    {
        var filter = new ScopeFilter();
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, configureBus: (_, bus) => bus.UseFilter(filter));

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Contains("TransactionScope", task.LastError, StringComparison.Ordinal);
        Assert.Empty(pipeline.Script.Greets);
        Assert.Equal(1, await UnderTest.CountAsync(UnderTest.NameOf("dead_letters")));

        filter.IsOn = false;
        Assert.Equal(new ControlOutcome(ControlResult.Done, TaskState.Failed), await pipeline.RetryAsync(task.Id));
        await pipeline.TaskAsync(task.Id, TaskState.Succeeded);
        Assert.Single(pipeline.Script.Greets);
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

    /// <summary>A filter of an application around everything that a message does.</summary>
    private sealed class ScopeFilter : IFilter<ConsumeContext>
    {
        public bool IsOn { get; set; } = true;

        public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            using var scope = new TransactionScope(IsOn ? TransactionScopeOption.Required : TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
            await next.Send(context);
            scope.Complete();
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("scope");
    }
}
