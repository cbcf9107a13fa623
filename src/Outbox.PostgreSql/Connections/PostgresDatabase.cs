using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Owns the outbox's data source. The data source is not registered as a service, so that the application can register its own.
/// </summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder settings) : IDisposable, IAsyncDisposable
{
    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(settings);

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
