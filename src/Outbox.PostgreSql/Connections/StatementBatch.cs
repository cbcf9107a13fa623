using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Statements that are sent in one round trip.</summary>
internal sealed class StatementBatch(NpgsqlBatch batch, TableNames names) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = batch;

    public StatementBatch(NpgsqlConnection connection, TableNames names)
        : this(new NpgsqlBatch(connection), names)
    {
    }

    public int Count => _batch.BatchCommands.Count;

    public NpgsqlBatchCommand Last => _batch.BatchCommands[^1];

    public NpgsqlBatchCommand this[int index] => _batch.BatchCommands[index];

    /// <summary>For a batch that ends with a commit (<see cref="UncancelledCommits"/>): the driver's timeout would cancel it.</summary>
    public StatementBatch WithoutTimeLimit()
    {
        _batch.Timeout = 0;
        return this;
    }

    /// <summary>Adds a statement of the library.</summary>
    public StatementBatch Add(string sql, params NpgsqlParameter[] parameters) => AddAsWritten(names.In(sql), parameters);

    /// <summary>Adds a statement of the application.</summary>
    public StatementBatch AddAsWritten(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        _batch.BatchCommands.Add(command);
        return this;
    }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        if (Count > 0)
        {
            await _batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public Task<NpgsqlDataReader> ExecuteReaderAsync(CancellationToken cancellationToken) => _batch.ExecuteReaderAsync(cancellationToken);

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}
