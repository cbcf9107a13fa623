using Messaging.Processes;
using Npgsql;

namespace Messaging.Faults.Servers;

/// <summary>The database from outside of the system.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public Postgres(LocalServers server) => _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = server.Address,
        Port = server.PostgresPort,
        Username = "messaging",
        Database = "postgres",
        SearchPath = "public,messaging",
        Pooling = false,
        Timeout = 15,
        ApplicationName = "faults",
    }.ConnectionString);

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken = default) => _source.OpenConnectionAsync(cancellationToken);

    public async Task<long> ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull
            ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
            : 0;
    }

    /// <summary>Runs it again and again until the database takes it.</summary>
    public async Task<long> InsistAsync(string sql)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await ExecuteAsync(sql);
            }
            catch (NpgsqlException) when (attempt < 120)
            {
                await Task.Delay(500);
            }
        }
    }

    /// <summary>What the system's sessions are at, but for those that are at nothing.</summary>
    public async Task<IReadOnlyList<string>> SessionsAsync()
    {
        await using var command = _source.CreateCommand(
            """
            SELECT concat_ws(', ', application_name, state, 'in its transaction since ' || (now() - xact_start)::text, wait_event_type || ' ' || wait_event, regexp_replace(left(query, 150), '\s+', ' ', 'g'))
            FROM pg_stat_activity WHERE application_name LIKE 'Messaging.%' AND state <> 'idle'
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var sessions = new List<string>();
        while (await reader.ReadAsync())
        {
            sessions.Add(reader.GetString(0));
        }

        return sessions;
    }

    public async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("SELECT 1");
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
