using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Standalone;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests;

/// <summary>The whole standalone process on a folder of its own: the API as it is, with a worker behind it.</summary>
internal sealed class StandaloneApi(params IReadOnlyList<(string Name, string Value)> settings) : WebApplicationFactory<StandaloneOptions>
{
    public static readonly (string Name, string Value) RunsSchedules = ("Outbox:RunSchedules", "true");

    private readonly TemporaryFolder _folder = new();

    /// <summary>Whether its clients have no key; otherwise they have the one that the process made, if it made one.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Changes its services.</summary>
    public Action<IServiceCollection>? Replaces { get; init; }

    /// <summary>The file of the key that the process made.</summary>
    public string OperatorKeyFile => _folder.File(StandaloneOptions.OperatorKeyFile);

    public async Task<Guid> AcceptedAsync(HttpContent? content, string path)
    {
        using var client = CreateClient();
        using var response = await client.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid();
        Assert.Equal($"/tasks/{id}", response.Headers.Location?.OriginalString);
        return id;
    }

    /// <summary>Waits until the task has succeeded.</summary>
    public Task<JsonElement> SucceededAsync(Guid id) => StateAsync(id, "Succeeded");

    /// <summary>Stores a user past the API.</summary>
    public async Task<Guid> AddUserAsync(string name, Guid? id = null)
    {
        var user = id ?? Guid.CreateVersion7();
        await ExecuteAsync(
            $"INSERT INTO users (id, email, display_name, registered_at) VALUES ('{user.ToString().ToUpperInvariant()}', '{user}@example.org', '{name}', '2026-11-24 12:00:00+00:00')");
        return user;
    }

    /// <summary>Waits until the task is in this state.</summary>
    public async Task<JsonElement> StateAsync(Guid id, string state)
    {
        using var client = CreateClient();
        JsonElement task = default;
        await Eventually.True(
            async () => (task = await client.GetFromJsonAsync<JsonElement>($"/tasks/{id}")).GetProperty("state").GetString() == state,
            $"task {id} is {state}");
        return task;
    }

    /// <summary>Pauses a queue, once the process has reported it: before that nobody knows of it.</summary>
    public async Task PauseAsync(string queue)
    {
        await QueueIsKnownAsync(queue);
        using var client = CreateClient();
        using var paused = await client.PostAsync($"/queues/{queue}/pause", null);
        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
    }

    /// <summary>Waits until the process has reported a queue, which it does soon after its start.</summary>
    public Task QueueIsKnownAsync(string queue)
    {
        _ = Server; // which starts it
        return Eventually.True(async () => await CountAsync($"queues WHERE name = '{queue}'") == 1, $"queue {queue} is reported");
    }

    /// <summary>Makes every mail fail: a file lies where their folder is to be.</summary>
    public void BlockMails() => File.WriteAllText(_folder.File("mails"), "");

    public void UnblockMails() => File.Delete(_folder.File("mails"));

    public IReadOnlyList<string> Mails()
    {
        var folder = _folder.File("mails");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.eml").Select(File.ReadAllText)] : [];
    }

    /// <summary>The folder of what is stored as files.</summary>
    public string Files => _folder.File("files");

    public async Task<long> CountAsync(string table) => (long)(await ExecuteAsync($"SELECT count(*) FROM {table}"))!;

    /// <summary>Runs SQL on the database, with its first value.</summary>
    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("messaging.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Everything that is in the database, as text and as hexadecimal.</summary>
    public async Task<string> DumpAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("messaging.db")};Pooling=false");
        await connection.OpenAsync();
        return await DatabaseDump.OfAsync(connection);
    }

    /// <summary>Keeps every commit waiting until it is disposed of; reading goes on.</summary>
    public async Task<IAsyncDisposable> HoldWritesAsync()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("messaging.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync();
        return connection; // its transaction ends with it
    }

    protected override void ConfigureClient(HttpClient client)
    {
        base.ConfigureClient(client);
        if (!IsAnonymous && File.Exists(OperatorKeyFile))
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", File.ReadAllText(OperatorKeyFile).TrimEnd());
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        MigratedDatabase.CopyTo(_folder.File("messaging.db"));
        builder.UseSetting("Standalone:DataFolder", _folder.Path);
        builder.UseSetting("AccessLog:Enabled", "false"); // a row for each request is not what a test counts
        builder.UseSetting("RateLimits:Mailbox:Burst", "1000"); // a test knows few addresses
        builder.UseSetting("RateLimits:Reads:Burst", "100000"); // and looks often, also without a key, until what it waits for is there
        builder.UseSetting("Outbox:RunSchedules", "false"); // nor what is due while it runs; a test of schedules turns it on
        builder.UseSetting("Outbox:CommitTimeout", "00:00:30"); // a commit that is slow on a busy machine is not what is tested
        foreach (var (name, value) in settings)
        {
            builder.UseSetting(name, value);
        }

        if (Replaces is { } replaces)
        {
            builder.ConfigureTestServices(replaces);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
