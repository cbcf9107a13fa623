using System.Data.Common;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Runs statements in the open transaction of a connection.</summary>
internal sealed class PostgresCommands(NpgsqlConnection connection, NpgsqlTransaction? transaction, TableNames names, CancellationToken cancellationToken) : IStoreCommands
{
    public async Task<int> ExecuteAsync(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ReadAllAsync(read, cancellationToken);
    }

    private NpgsqlCommand Command(string sql, object?[] parameters)
    {
        var command = new NpgsqlCommand(names.In(sql), connection, transaction);
        command.Parameters.AddRange(parameters.Select(PostgresDialect.Parameter).ToArray());
        return command;
    }
}
