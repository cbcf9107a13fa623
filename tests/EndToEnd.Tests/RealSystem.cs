using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Messaging.Processes;
using Npgsql;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests;

/// <summary>
/// API and worker processes over the real PostgreSQL and RabbitMQ, in a database and a virtual host of the test's own, with
/// a mail server that says what the test wants.
/// </summary>
internal sealed class RealSystem : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly Uri _broker;
    private readonly List<AppProcess> _processes = [];
    private readonly Dictionary<string, string> _environment;
    private readonly NpgsqlDataSource _source;
    private readonly TemporaryFolder _files = new();

    private const string Key = "msg_of-the-tests-and-of-nobody-else-0123456789";

    private RealSystem(TestDatabase database, Uri broker, Dictionary<string, string> settings)
    {
        _database = database;
        _broker = broker;
        _source = NpgsqlDataSource.Create(database.Outside);
        var postgres = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var user = broker.UserInfo.Split(':');
        var servers = new ServerSettings
        {
            DatabasePort = postgres.Port,
            Database = postgres.Database!,
            DatabaseUser = postgres.Username!,
            DatabasePassword = postgres.Password ?? "none",
            BrokerPort = broker.Port,
            VirtualHost = VirtualHost,
            BrokerUser = user[0],
            BrokerPassword = user[1],
            MailPort = Smtp.Port,
            FilesFolder = _files.Path,
        };
        _environment = new Dictionary<string, string>(servers.ToEnvironment())
        {
            ["AccessLog__Enabled"] = "false", // a row for each request is not what a test counts
            ["Access__Keys__0__Name"] = "tests",
            ["Access__Keys__0__Role"] = "operate",
            ["Access__Keys__0__Hash"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Shutdown__DrainDelay"] = "00:00:00", // there is no load balancer
            ["Outbox__CommitTimeout"] = "00:00:30", // a commit that is slow on a busy machine is not what is tested
            ["Endpoints__Default__Retry__FirstDelay"] = "00:00:00.2",
            ["Endpoints__Default__Retry__DelayedRetries"] = "2",
        };
        foreach (var (key, value) in settings)
        {
            _environment[key] = value;
        }
    }

    /// <summary>What the processes are told; for a host in the test's own process.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
        _environment.Select(e => KeyValuePair.Create(e.Key.Replace("__", ":", StringComparison.Ordinal), (string?)e.Value));

    public string VirtualHost { get; } = $"test-{Guid.NewGuid():N}";
    public FakeSmtpServer Smtp { get; } = new();
    public AppProcess Api { get; private set; } = null!;
    public AppProcess Worker { get; private set; } = null!;

    /// <summary>A migrated database and a virtual host, with no process yet.</summary>
    public static async Task<RealSystem> CreateAsync(params (string Key, string Value)[] settings)
    {
        _ = Servers.RabbitMqCtl;
        var system = new RealSystem(await Servers.CreateDatabaseAsync(), Servers.RabbitMq, settings.ToDictionary());
        await RabbitMqCtlAsync("add_vhost", system.VirtualHost);
        await RabbitMqCtlAsync("set_permissions", "-p", system.VirtualHost, system._environment["RabbitMq__Username"], ".*", ".*", ".*");
        await using var migrate = AppProcess.Start("Api", system._environment, "--migrate");
        Assert.True(await migrate.ExitAsync() == 0, migrate.Output);
        await system.RestrictAsync();
        return system;
    }

    /// <summary>The same, with an API and a worker.</summary>
    public static async Task<RealSystem> StartAsync(params (string Key, string Value)[] settings)
    {
        var system = await CreateAsync(settings);
        try
        {
            var (api, worker) = (system.StartApi(), system.StartWorker());
            await api.ReadyAsync();
            await worker.ReadyAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync(); // or its processes burden all tests to come
            throw;
        }
    }

    public AppProcess StartApi(params IReadOnlyList<(string Name, string Value)> settings)
    {
        Api = Add("Api", settings);
        Api.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        return Api;
    }

    public AppProcess StartWorker(params IReadOnlyList<(string Name, string Value)> settings) => Worker = Add("Worker", settings);

    public async Task<long> CountAsync(string table)
    {
        await using var command = _source.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<uint> MessagesAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.MessageCountAsync(queue);
    }

    public async Task<uint> ConsumersAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.ConsumerCountAsync(queue);
    }

    /// <summary>Takes a message off a queue.</summary>
    public async Task<BasicGetResult> GetAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.BasicGetAsync(queue, autoAck: true) ?? throw new InvalidOperationException($"{queue} is empty.");
    }

    /// <summary>Publishes a body to an exchange, past the outbox, as often as told.</summary>
    public async Task PublishAsync(string exchange, ReadOnlyMemory<byte> body, string contentType, int times)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        for (var i = 0; i < times; i++)
        {
            await channel.BasicPublishAsync(exchange, "", mandatory: true, new BasicProperties { ContentType = contentType }, body);
        }
    }

    /// <summary>Publishes a message to a queue, past the outbox.</summary>
    public async Task SendAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
    }

    public async Task<(string ContentType, byte[] Body)> OutboxBodyAsync()
    {
        await using var command = _source.CreateCommand("SELECT content_type, body FROM outbox");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return (reader.GetString(0), reader.GetFieldValue<byte[]>(1));
    }

    /// <returns>What it printed.</returns>
    public static async Task<string> RabbitMqCtlAsync(params string[] arguments)
    {
        var command = Servers.RabbitMqCtl.Split(' ');
        var start = new ProcessStartInfo(command[0], [.. command[1..], "-q", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Smtp.Dispose();
        _files.Dispose();
        await RabbitMqCtlAsync("delete_vhost", VirtualHost);
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>From now on processes have a role that may change no table, as in production.</summary>
    private async Task RestrictAsync()
    {
        await _database.RestrictAsync(_environment.GetValueOrDefault("Database__Schema", "messaging"), "public");
        _environment["Database__Username"] = _database.Role;
    }

    private AppProcess Add(string program, params IReadOnlyList<(string Name, string Value)> settings)
    {
        var environment = new Dictionary<string, string>(_environment);
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        var process = AppProcess.Start(program, environment);
        _processes.Add(process);
        return process;
    }

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = _broker, VirtualHost = VirtualHost }.CreateConnectionAsync();
}
