using System.Diagnostics;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Telemetry;

public sealed class SqliteFailureScopeTests : FailureScopeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresFailureScopeTests : FailureScopeTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The entries about a failed attempt, which are written when its span is over.</summary>
public abstract class FailureScopeTests : StoreSuite
{
    private const int Retried = 1302, Deferred = 1303, DeadLettered = 1304;

    [Fact]
    public async Task Entries_of_failures_have_the_trace_of_the_attempt()
    {
        using var spans = new RecordedSpans();

        var entries = new ScopeCapture();
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 1), addConsumers: services => services.AddSingleton<ILoggerProvider>(entries));
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        using var request = spans.Request(); // not before the endpoints run, which would have it too
        var id = await pipeline.AddAsync(new Greet("ann"));
        await Eventually.True(() => entries.Entries.Any(e => e.Id == DeadLettered), "it is logged");

        var executions = await spans.ExecutionsAsync(id, 4);
        Assert.NotEqual(executions[0].TraceId, executions[3].TraceId);
        AssertScope(Retried, id, executions[0].TraceId, entries);
        AssertScope(Deferred, id, executions[1].TraceId, entries);
        AssertScope(DeadLettered, id, executions[3].TraceId, entries);
    }

    private static void AssertScope(int entry, Guid task, ActivityTraceId trace, ScopeCapture entries)
    {
        var scope = entries.Entries.First(e => e.Id == entry).Scope;
        Assert.Equal(("greet", $"{task}", $"{task}", trace.ToHexString()), (scope["Queue"], scope["TaskId"], scope["MessageId"], scope.GetValueOrDefault("TraceId")));
    }
}
