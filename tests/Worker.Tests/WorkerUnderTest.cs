using MassTransit;
using MassTransit.Testing;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Processes;
using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Messaging;
using Messaging.Worker.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Worker.Tests;

/// <summary>The worker as it is, with MassTransit's harness, on SQLite, and with a mail server that says what a test wants.</summary>
public sealed class WorkerUnderTest : IAsyncDisposable
{
    /// <summary>A migrated database, made once: that takes as long as all else of a start.</summary>
    private static readonly Lazy<Task<byte[]>> Migrated = new(async () =>
    {
        await using var worker = new WorkerUnderTest([], postgres: null);
        Assert.Equal(0, await worker._host.MigrateAsync());
        SqliteConnection.ClearAllPools(); // the last connection writes the log into the file
        return await System.IO.File.ReadAllBytesAsync(worker._folder.File("test.db"));
    });

    private readonly TemporaryFolder _folder = new();
    private readonly IHost _host;

    private WorkerUnderTest(Dictionary<string, string?> settings, string? postgres)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:Port"] = $"{Smtp.Port}",
            ["Mail:Security"] = "None",
            ["Mail:RetryDelay"] = "00:00:00.001",
            ["Endpoints:Default:Retry:ImmediateRetries"] = "0",
            ["Endpoints:Default:Retry:DelayedRetries"] = "2",
            ["Endpoints:Default:Retry:FirstDelay"] = "00:00:00.001",
            ["Outbox:PollInterval"] = "00:00:00.050",
            ["Outbox:RunSchedules"] = "false", // what is due while a test runs is not what it counts; a test of schedules turns it on
            ["Outbox:CommitTimeout"] = "00:00:30", // a commit that is slow on a busy machine is not what is tested
            ["Files:Folder"] = _folder.Path,
            ["urls"] = "http://127.0.0.1:0",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddMessagingOptions();
        builder.AddSmtpMail();
        builder.AddFiles();
        builder.Services.AddMassTransitTestHarness(x =>
        {
            x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60)); // else nobody waits for what comes after 1.2 s of silence
            x.UseConventions();
            x.AddOutbox(o => _ = postgres is null ? o.UseSqlite(_folder.File("test.db")) : o.UsePostgreSql(postgres));
            x.AddWorkerConsumers();
            x.AddHandler((ConsumeContext<RegistrationMailSent> _) => Task.CompletedTask);
        });
        _host = builder.Build();
    }

    public FakeSmtpServer Smtp { get; } = new();
    public LogCapture Log { get; } = new();
    public ITestHarness Harness => _host.Services.GetRequiredService<ITestHarness>();
    public IServiceProvider Services => _host.Services;

    public static Task<WorkerUnderTest> StartAsync(params (string Key, string Value)[] settings) => StartOnAsync(postgres: null, settings);

    /// <param name="postgres">A PostgreSQL in place of SQLite.</param>
    /// <param name="settings">Settings of the worker.</param>
    public static async Task<WorkerUnderTest> StartOnAsync(string? postgres, params (string Key, string Value)[] settings)
    {
        var worker = new WorkerUnderTest(settings.ToDictionary(s => s.Key, s => (string?)s.Value), postgres);
        try
        {
            if (postgres is null)
            {
                await System.IO.File.WriteAllBytesAsync(worker._folder.File("test.db"), await Migrated.Value);
            }

            Assert.Equal(0, await worker._host.MigrateAsync());
            await worker._host.StartAsync();
            return worker;
        }
        catch
        {
            await worker.DisposeAsync(); // what has started would go on beside all other tests
            throw;
        }
    }

    public async Task<Guid> AddAsync<T>(T message)
        where T : class
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(message);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return task.Id;
    }

    /// <summary>Publishes the message of a task past the outbox, as a broker that delivers it once more.</summary>
    public Task DeliverAgainAsync<T>(T message, Guid taskId)
        where T : class =>
        Harness.Bus.Publish(message, context =>
        {
            context.MessageId = taskId;
            context.Headers.Set("Task-Id", taskId.ToString());
        });

    /// <summary>The same for a message of which only the object is known.</summary>
    public Task<Guid> AddObjectAsync(object message) => AddAsync((dynamic)message);

    public async Task<TaskRecord> TaskAsync(Guid id, TaskState state)
    {
        TaskRecord? task = null;
        await Eventually.True(
            async () => (task = await _host.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.State == state,
            $"task {id} is {state}");
        return task!;
    }

    /// <summary>A file of the shared folder.</summary>
    public string File(string area, string name) => Path.Combine(_folder.Path, area, name);

    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("test.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i))));
        }

        return rows;
    }

    public async Task<Guid> AddUserAsync(string email, string? name = null)
    {
        var id = Guid.CreateVersion7();
        await QueryAsync(
            $"INSERT INTO users (id, email, display_name, registered_at) VALUES ('{id.ToString().ToUpperInvariant()}', '{email}', {(name is null ? "NULL" : $"'{name}'")}, '2026-01-01')");
        return id;
    }

    /// <summary>Everything that is in the database, as text and as hexadecimal.</summary>
    public async Task<string> DumpAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("test.db")};Pooling=false");
        await connection.OpenAsync();
        return await DatabaseDump.OfAsync(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Smtp.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
