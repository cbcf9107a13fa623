using Messaging.Outbox.Staging;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteSqlFaultTests : SqlFaultTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerSqlFaultTests : SqlFaultTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresSqlFaultTests : SqlFaultTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Theory]
    [InlineData("INSERT INTO things (name) VALUES ($1)", "08P01")] // a value is missing
    [InlineData("INSERT INTO things (name) VALUES ('secret'::int::text)", "22P02: invalid input syntax for type integer: \"…\"")]
    [InlineData("INSERT INTO things (name) SELECT x FROM (SELECT 1/0 AS x) AS s", "22012")]
    [InlineData("INSERT INTO elsewhere.things (name) VALUES ('a')", "42P01")]
    public async Task A_statement_that_PostgreSQL_refuses_fails_at_once(string sql, string expected)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2));
        pipeline.Script.Greet = (_, provider) => Stage(provider, sql);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Contains(expected, task.LastError, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", task.LastError, StringComparison.Ordinal);
    }
}

/// <summary>A statement, or data, that the database refuses whenever it comes is not retried; what depends on other rows is.</summary>
public abstract class SqlFaultTests : StoreSuite
{
    [Theory]
    [InlineData("INSERT INTO nowhere (name) VALUES ('a')", "nowhere")]
    [InlineData("INSERT INTO things (name, age) VALUES ('a', 1)", "age")]
    [InlineData("INSERT INTO things (name) VALUES (NULL)", "name")]
    [InlineData("INSERT things", "syntax error")]
    public async Task A_statement_that_is_refused_fails_at_once(string sql, string expected)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2));
        pipeline.Script.Greet = (_, provider) => Stage(provider, sql);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Contains(expected, task.LastError, StringComparison.Ordinal);
        Assert.Single(pipeline.Script.Greets);
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Theory]
    [InlineData('\0', false)]
    [InlineData('\ud83d', false)] // half a character
    [InlineData('\0', true)]
    [InlineData('\udc00', true)]
    public async Task A_text_that_cannot_be_stored_fails_at_once(char bad, bool asked)
    {
        var name = $"a{bad}b";
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2));
        pipeline.Script.Greet = (_, provider) => asked
            ? provider.GetRequiredService<IUnitOfWork>().QueryAsync("SELECT 1 FROM things WHERE name = $1", [name], _ => 0)
            : Stage(provider, "INSERT INTO things (name) VALUES ($1)", name);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Contains("U+0000", task.LastError, StringComparison.Ordinal);
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters"));
    }

    [Fact]
    public async Task A_statement_that_is_refused_and_wrapped_fails_at_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 2));
        pipeline.Script.Greet = async (_, provider) =>
        {
            try
            {
                await provider.GetRequiredService<IUnitOfWork>().QueryAsync("SELECT nothing FROM things", [], _ => 0);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException("An error occurred while saving the entity changes.", exception);
            }
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Contains("nothing", task.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_is_there_already_is_tried_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2));
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('a')");
        pipeline.Script.Greet = (_, provider) => Stage(provider, "INSERT INTO things (name) VALUES ($1)", "a");

        Assert.Equal(3, (await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed)).Attempts);
    }

    [Fact]
    public async Task Errors_that_the_settings_name_are_retried()
    {
        var options = PipelineUnderTest.Quick(immediate: 1);
        options.RetryOnly = ["DbException"];
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, options);
        pipeline.Script.Greet = (_, provider) => Stage(provider, "INSERT INTO nowhere (name) VALUES ('a')");

        Assert.Equal(2, (await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed)).Attempts);
    }

    [Fact]
    public async Task A_member_that_is_refused_harms_no_other_of_its_group()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var committer = pipeline.Services.GetRequiredService<GroupCommitter>();

        var commits = Enumerable.Range(0, 50).Select(i => committer.CommitAsync(
            i % 10 == 3 ? Bad(i) : new StagedWork().Insert($"{i}"), CancellationToken.None)).ToList();
        await Task.WhenAll(commits).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(45, await UnderTest.CountAsync("things"));
        Assert.Equal(5, commits.Count(c => c.IsFaulted));
        Assert.All(commits.Where(c => c.IsFaulted), c => Assert.IsNotType<StoreUnavailableException>(c.Exception!.InnerException));
    }

    protected static Task Stage(IServiceProvider provider, string sql, params object?[] parameters)
    {
        provider.GetRequiredService<IUnitOfWork>().Execute(sql, parameters);
        return Task.CompletedTask;
    }

    private static StagedWork Bad(int i)
    {
        var work = new StagedWork();
        switch (i)
        {
            case 3: work.Stage("INSERT INTO things (name) VALUES ($1)", [null]); break;
            case 13: work.Stage("INSERT INTO nowhere (name) VALUES ($1)", "a"); break;
            case 23: work.Stage("INSERT INTO things (name) VALUES ($1, $2)", "a", "b"); break;
            case 33: work.Stage("INSERT INTO things (name) VALUES (substr($1, 1, 2), 7)", "a"); break;
            default: work.Stage("nonsense"); break;
        }

        return work;
    }
}
