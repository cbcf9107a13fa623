using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>The outbox's own connections. They are no service of their type: an application that has another database registers that.</summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder settings) : IDisposable, IAsyncDisposable
{
    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(settings);

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
