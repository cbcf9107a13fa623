using Messaging.Processes;
using Npgsql;

namespace Messaging.Bench.Servers;

/// <summary>A PostgreSQL and a RabbitMQ of the benchmark's own, as Debian sets them up: fsync and synchronous_commit on, on a real disk.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    private const int BasePort = 27_000;

    /// <summary>Where what takes requests listens; one at a time does.</summary>
    public const int HttpPort = BasePort + 80;

    private readonly LocalServers _servers;
    private readonly Stack<IAsyncDisposable> _users = new();

    private BenchServers(string folder)
    {
        Folder = folder;
        Environment.SetEnvironmentVariable("MESSAGING_SERVERS_MEMORY", null); // the figures are those of a disk
        _servers = new LocalServers(Path.Combine(folder, "servers"), BasePort);
    }

    public string Folder { get; }

    public int PostgresPort => _servers.PostgresPort;

    public int RabbitMqPort => _servers.RabbitMqPort;

    public string PostgresLog => Path.Combine(_servers.DataFolder, "server.log");

    public string BrokerUri => $"amqp://guest:guest@127.0.0.1:{RabbitMqPort}/";

    public static async Task<BenchServers> StartAsync(string folder)
    {
        LocalServers.EnsurePortsAreFree(BasePort);
        var servers = new BenchServers(folder);
        await servers._servers.StartAsync();
        await servers.FillLogAsync();
        return servers;
    }

    /// <summary>Makes a database anew; a former one of that name is dropped.</summary>
    public async Task<BenchDatabase> CreateDatabaseAsync(string name)
    {
        await using (var source = NpgsqlDataSource.Create(ConnectionString("postgres")))
        {
            foreach (var sql in (string[])[$"DROP DATABASE IF EXISTS {name} WITH (FORCE)", $"CREATE DATABASE {name}", "CHECKPOINT"])
            {
                await using var command = source.CreateCommand(sql);
                command.CommandTimeout = 120;
                await command.ExecuteNonQueryAsync();
            }
        }

        return new BenchDatabase(name, PostgresPort, ConnectionString(name));
    }

    /// <summary>Deletes all queues and messages.</summary>
    public async Task ResetBrokerAsync()
    {
        await _servers.CtlAsync("stop_app");
        await _servers.CtlAsync("reset");
        await _servers.CtlAsync("start_app");
    }

    /// <summary>Makes a virtual host, which the next reset deletes.</summary>
    public async Task AddVirtualHostAsync(string name)
    {
        await _servers.CtlAsync("add_vhost", name);
        await _servers.CtlAsync("set_permissions", "-p", name, "guest", ".*", ".*", ".*");
    }

    /// <summary>Messages in a queue that nobody consumes.</summary>
    public async Task<long> CountMessagesAsync(string queue)
    {
        await using var probe = new QueueProbe(RabbitMqPort);
        return await probe.CountAsync(queue);
    }

    /// <summary>Disposes of this, too, when the servers end; twice does no harm.</summary>
    public void EndsWith(IAsyncDisposable user) => _users.Push(user);

    public async ValueTask DisposeAsync()
    {
        while (_users.TryPop(out var user))
        {
            await user.DisposeAsync();
        }

        await _servers.StopAsync();
    }

    /// <summary>
    /// Writes as much log as PostgreSQL writes between two checkpoints: a server that has run for a while writes over the files it has, a new one
    /// has to make each, and lets commits wait 50 ms for it. Whoever is measured first would pay for those after it.
    /// </summary>
    private async Task FillLogAsync()
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        foreach (var sql in (string[])["SELECT pg_logical_emit_message(false, '', repeat(' ', 8388608)) FROM generate_series(1, 140)", "CHECKPOINT"])
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }
    }

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = PostgresPort,
        Username = "messaging",
        Database = database,
        Timeout = 15,
        MaxPoolSize = 50,
    }.ConnectionString;
}

/// <summary>A database of one contender.</summary>
internal sealed class BenchDatabase(string name, int port, string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source =
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "public,messaging" });

    public string Name => name;

    public string ConnectionString => connectionString;

    /// <summary>The same for libpq, asyncpg and psycopg2.</summary>
    public string Uri => $"postgresql://messaging@127.0.0.1:{port}/{name}";

    /// <summary>A connection of this database's own pool: the next one of its name does not get it, cut off.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string from) => (long)await NumberAsync($"count(*) FROM {from}");

    /// <summary>What a SELECT that begins with one number says.</summary>
    public async Task<double> NumberAsync(string select)
    {
        await using var command = _source.CreateCommand($"SELECT {select}");
        command.CommandTimeout = 600;
        return Convert.ToDouble(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
