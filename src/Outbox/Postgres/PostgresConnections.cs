using Npgsql;

namespace Messaging.Outbox.Postgres;

/// <summary>
/// Opens connections. One that is being opened is not given up together with whoever waits for it, but goes to the pool; and only a few
/// are opened at once. Where a server is slow because everybody connects - it has just come back, and its cores are busy - connections that are
/// given up and begun anew would keep it so.
/// </summary>
internal sealed class PostgresConnections(NpgsqlDataSource dataSource)
{
    private readonly SemaphoreSlim _opening = new(8);

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        var opening = OpenAsync();
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = ReturnAsync(opening);
            throw;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        try
        {
            return await dataSource.OpenConnectionAsync(CancellationToken.None); // the connection string's Timeout ends it
        }
        finally
        {
            _opening.Release();
        }
    }

    private static async Task ReturnAsync(Task<NpgsqlConnection> opening)
    {
        try
        {
            await using var connection = await opening;
        }
        catch (Exception)
        {
            // Nobody waits for it any more.
        }
    }
}
