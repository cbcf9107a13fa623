using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// Builds indexes of a table that may be large, such as those that find the entries of the audit by what they are about. Whoever writes goes on meanwhile.
/// </summary>
internal sealed partial class TableIndexes(NpgsqlConnection connection, TableNames names, ILogger logger)
{
    /// <summary>Builds those that are not there yet.</summary>
    /// <param name="table">The table.</param>
    /// <param name="what">What is logged of it.</param>
    /// <param name="indexes">The names of the indexes without prefix, with what follows the table in their statements.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    public async Task BuildAsync(string table, string what, IReadOnlyList<(string Name, string Columns)> indexes, CancellationToken cancellationToken)
    {
        foreach (var (name, columns) in indexes)
        {
            if (!await connection.HasIndexAsync(names, table, name, cancellationToken))
            {
                LogBuilding(name, what);
                await connection.BuildIndexAsync(names, name, $"{table} {columns}", cancellationToken);
            }
        }
    }

    /// <summary>Drops an index in whose place there is another one; nobody waits for that either.</summary>
    public Task DropAsync(string index, CancellationToken cancellationToken) => connection.DropIndexAsync(names, index, cancellationToken);

    [LoggerMessage(
        EventId = 1815, EventName = "TableIndexBuilding", Level = LogLevel.Information,
        Message = "Building the index {Index} of {What}; nobody waits for it")]
    private partial void LogBuilding(string index, string what);
}
