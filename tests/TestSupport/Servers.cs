using Npgsql;
using Xunit;

namespace Messaging.TestSupport;

/// <summary>
/// The real servers, if there are any: <c>eval "$(.ci/servers env)"</c> names them. Without them their tests are skipped,
/// unless <c>TEST_REQUIRE_SERVERS=1</c> says that they have to run.
/// </summary>
public static class Servers
{
    public static string Postgres => Require("TEST_POSTGRES", "PostgreSQL");

    /// <summary>PgBouncer in transaction mode, in front of the same server.</summary>
    public static string PgBouncer => Require("TEST_PGBOUNCER", "PgBouncer");

    public static Uri RabbitMq => new(Require("TEST_RABBITMQ", "RabbitMQ"));

    /// <summary>The command that stands for <c>rabbitmqctl</c>.</summary>
    public static string RabbitMqCtl => Require("TEST_RABBITMQCTL", "rabbitmqctl");

    /// <summary>A database of the test's own, dropped with it.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = Postgres;
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        return new TestDatabase(server, name);
    }

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string Require(string variable, string server)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(value))
        {
            var reason = $"{server} is not at hand: {variable} is not set (see .ci/servers).";
            if (Environment.GetEnvironmentVariable("TEST_REQUIRE_SERVERS") == "1")
            {
                Assert.Fail(reason);
            }

            Assert.Skip(reason);
        }

        return value!;
    }
}

public sealed class TestDatabase(string server, string name) : IAsyncDisposable
{
    public string Name => name;

    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;

    /// <summary>The role of <see cref="RestrictAsync"/>.</summary>
    public string Role => $"{name}_app";

    /// <summary>As <see cref="Role"/>, which changes no table.</summary>
    public string Restricted => new NpgsqlConnectionStringBuilder(ConnectionString) { Username = Role }.ConnectionString;

    /// <summary>For a look from outside: the outbox's tables are found without their schema, after the application's own.</summary>
    public string Outside { get; } = new NpgsqlConnectionStringBuilder(server) { Database = name, SearchPath = "public,messaging" }.ConnectionString;

    /// <summary>Makes a role that has on these schemas what the documentation grants, and nothing else.</summary>
    public Task RestrictAsync(params IReadOnlyList<string> schemas) => Servers.ExecuteAsync(
        ConnectionString, $"CREATE ROLE {Role} LOGIN; {string.Concat(schemas.Select(schema => LeastPrivilege.Grants(schema, Role, "CURRENT_USER")))}");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await DropAsync();
        await Servers.ExecuteAsync(server, $"DROP ROLE IF EXISTS {Role}");
    }

    private async Task DropAsync()
    {
        for (var again = 5; ; again--)
        {
            try
            {
                await Servers.ExecuteAsync(server, $"DROP DATABASE {name} WITH (FORCE)");
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectInUse && again > 0)
            {
                // The server waits five seconds for the sessions that it has ended, which is not long on a busy machine.
            }
        }
    }
}
