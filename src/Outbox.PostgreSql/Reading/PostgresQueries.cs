using System.Data.Common;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Reading;

/// <summary>Reads outside of a transaction.</summary>
internal sealed class PostgresQueries(PostgresConnections connections) : IStoreQueries
{
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsWrittenAsync(connections.Names.In(sql), parameters, read, cancellationToken);

    // Over many partitions the estimated cost of a plan triggers its compilation, which takes longer than these reads.
    public Task<IReadOnlyList<T>> QueryAsWrittenAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        PostgresErrors.TranslateAll(() => connections.UseAsync<IReadOnlyList<T>>(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection);
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('jit', 'off', true)"));
                batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
                batch.BatchCommands[1].Parameters.AddRange(parameters.Select(PostgresDialect.Parameter).ToArray());
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                await reader.NextResultAsync(cancellationToken);
                return await reader.ReadAllAsync(read, cancellationToken);
            },
            cancellationToken));
}
