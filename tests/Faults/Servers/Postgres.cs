using Npgsql;

namespace Messaging.Faults.Servers;

/// <summary>The database from outside of the system.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public Postgres(int port) => _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "messaging",
        Database = "postgres",
        Pooling = false,
        Timeout = 3,
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
    public async Task InsistAsync(string sql)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ExecuteAsync(sql);
                return;
            }
            catch (NpgsqlException) when (attempt < 120)
            {
                await Task.Delay(500);
            }
        }
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
