using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// The outbox's own data source. It is not registered as a service of its type, so that an application can register its own
/// database.
/// </summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder settings) : IDisposable, IAsyncDisposable
{
    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(settings);

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
