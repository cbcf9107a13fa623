using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

public sealed record Document(string Text);

public sealed class DocumentConsumer : IConsumer<Document>
{
    public Task Consume(ConsumeContext<Document> context) => Task.CompletedTask;
}

/// <summary>
/// A message that the broker never takes, because it is larger than its limit. The broker closes the channel of such a message, so it must not delay those beside it.
/// </summary>
public sealed class TooLargeMessageTests : IAsyncLifetime
{
    private const string Error =
        "bytes, and the broker takes at most 16777216: store its content elsewhere and send where it is, or raise the broker's limit (max_message_size).";

    private readonly string _queue = $"document-{Guid.NewGuid():N}";
    private readonly Document _large = new(new string('x', 17_000_000));
    private readonly LogCapture _logs = new();
    private TestDatabase _database = null!;
    private IHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        _host = Build();
        await _host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        await _database.DisposeAsync();
        await using var connection = await new ConnectionFactory { Uri = Servers.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in (string[])[_queue, $"{_queue}_error", $"{_queue}_skipped"])
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    [Fact]
    public async Task The_first_message_to_an_address_says_why_it_waits()
    {
        var (large, small) = (await AddAsync(_large), await AddAsync(new Document("a")));

        await SucceededAsync(small);
        await SaysWhyAsync(large);
    }

    [Fact]
    public async Task Messages_sent_together_with_a_large_one_arrive()
    {
        await SucceededAsync(await AddAsync(new Document("the topology is declared")));

        var ids = await AddAsync(new Document("a"), _large, new Document("b"), new Document("c"));

        foreach (var id in (Guid[])[ids[0], ids[2], ids[3]])
        {
            await SucceededAsync(id);
        }

        await SaysWhyAsync(ids[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stored_headers_that_are_too_large_close_no_connection(bool isDeclared)
    {
        if (isDeclared)
        {
            await SucceededAsync(await AddAsync(new Document("the topology is declared")));
        }

        var id = await AddAsync([new Document("a")], TimeSpan.FromHours(1));
        await GrowHeadersAsync(id[0]);

        await Eventually.True(async () => (await FindAsync(id[0])).LastError is not null, $"it says why: {string.Join('\n', _logs.Lines)}");
        Assert.StartsWith("The message's headers have 14", (await FindAsync(id[0])).LastError, StringComparison.Ordinal);
        await SucceededAsync(await AddAsync(new Document("b")));
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("FRAME_ERROR", StringComparison.OrdinalIgnoreCase) || line.Contains("closed", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>As a message that was staged before there was a limit.</summary>
    private async Task GrowHeadersAsync(Guid id)
    {
        await using var source = NpgsqlDataSource.Create(_database.Outside);
        await using var update = source.CreateCommand(
            "UPDATE outbox SET metadata = jsonb_set(metadata::jsonb, '{headers,large}', to_jsonb(repeat('x', 140000)))::text, due_at = now() WHERE message_id = $1");
        update.Parameters.Add(new() { Value = id });
        Assert.Equal(1, await update.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private async Task SucceededAsync(Guid id) =>
        await Eventually.True(async () => (await FindAsync(id)).State == TaskState.Succeeded, $"{id} succeeded: {string.Join('\n', _logs.Lines)}");

    private async Task SaysWhyAsync(Guid id)
    {
        await Eventually.True(async () => (await FindAsync(id)).LastError is not null, $"it says why: {string.Join('\n', _logs.Lines)}");
        Assert.EndsWith(Error, (await FindAsync(id)).LastError, StringComparison.Ordinal);
        Assert.Equal(TaskState.Queued, (await FindAsync(id)).State);
    }

    private async Task<TaskRecord> FindAsync(Guid id) => (await _host.Services.GetRequiredService<ITaskStore>().FindAsync(id))!;

    private async Task<Guid> AddAsync(Document document) => (await AddAsync([document]))[0];

    private Task<Guid[]> AddAsync(params Document[] documents) => AddAsync(documents, delay: null);

    private async Task<Guid[]> AddAsync(Document[] documents, TimeSpan? delay)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var tasks = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>();
        Guid[] ids = [.. documents.Select(document => tasks.Add(document, delay: delay).Id)];
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return ids;
    }

    /// <summary>A send may take longer than the test waits: a message that is sent until its deadline would fail it.</summary>
    private IHost Build()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(_logs);
        var broker = Servers.RabbitMq;
        builder.Services.AddMassTransit(x =>
        {
            x.AddConsumer<DocumentConsumer>().Endpoint(e => e.Name = _queue);
            x.AddOutbox(o => o
                .UsePostgreSql(_database.ConnectionString)
                .UseRabbitMq(r => (r.Host, r.Port, r.Username, r.Password) = (broker.Host, broker.Port, broker.UserInfo.Split(':')[0], broker.UserInfo.Split(':')[1]))
                .Configure(options => (options.SendTimeout, options.CommitTimeout) = (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30))));
        });
        return builder.Build();
    }
}
