using Messaging.Outbox.Inbox;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

/// <summary>Which of the outbox's own statements have a span of Npgsql's.</summary>
public sealed class PostgresStatementSpanTests : StoreSuite
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task The_statements_of_a_group_are_shown_by_its_commit()
    {
        using var spans = new RecordedSpans("Npgsql");
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        await pipeline.AddAsync(new Greet("ann"), delay: TimeSpan.FromHours(1));
        var commit = await spans.LinkedAsync("commit", request);

        Assert.Equal([commit], spans.StartedIn(commit.TraceId));
    }

    [Fact]
    public async Task A_statement_outside_a_commit_has_a_span()
    {
        using var spans = new RecordedSpans("Npgsql");
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        using var request = spans.Request();
        await pipeline.Services.GetRequiredService<IInboxStore>().FindDoneAsync([new InboxKey(Guid.CreateVersion7(), Guid.NewGuid())], [], TestContext.Current.CancellationToken);

        var statement = Assert.Single(spans.StartedIn(request.TraceId), span => span.Source.Name == "Npgsql");
        Assert.Equal(request.SpanId, statement.ParentSpanId);
    }
}
