using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>Runs scripts that have not run yet, each in one transaction with its line in the journal.</summary>
internal sealed partial class ScriptRun(DbConnection connection, Journal journal, ILogger logger)
{
    /// <param name="scripts">The scripts, in their order.</param>
    /// <param name="prepare">What each text goes through before it runs.</param>
    /// <param name="cancellationToken">Ends it; what has run stays.</param>
    /// <exception cref="MigrationException">One of them failed.</exception>
    public async Task RunAsync(IEnumerable<MigrationScript> scripts, Func<string, string> prepare, CancellationToken cancellationToken)
    {
        await ExecuteAsync(transaction: null, journal.Create, cancellationToken);
        var done = await ReadJournalAsync(cancellationToken);
        foreach (var script in scripts.Where(script => !done.Contains(script.Name)))
        {
            LogRunning(script.Name);
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(transaction, prepare(script.Text), cancellationToken);
                await ExecuteAsync(transaction, journal.Insert(script), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            catch (DbException exception)
            {
                throw new MigrationException($"The script {script.Name} failed: {exception.Message}", exception);
            }
        }
    }

    private async Task<HashSet<string>> ReadJournalAsync(CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = journal.Select;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private async Task ExecuteAsync(DbTransaction? transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Migrating the database: {Script}")]
    private partial void LogRunning(string script);
}
