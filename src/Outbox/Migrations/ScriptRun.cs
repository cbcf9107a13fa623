using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>Runs scripts that have not run yet, each in one transaction together with its journal entry.</summary>
internal sealed partial class ScriptRun(DbConnection connection, Journal journal, ILogger logger)
{
    private const string LockNotAvailable = "55P03", DeadlockDetected = "40P01";
    private const int MaxAttempts = 600;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    /// <param name="scripts">The scripts in order.</param>
    /// <param name="prepare">Transforms each script before it runs.</param>
    /// <param name="cancellationToken">Cancels the run; completed scripts stay.</param>
    /// <exception cref="MigrationException">A script failed.</exception>
    public async Task RunAsync(IEnumerable<MigrationScript> scripts, Func<string, string> prepare, CancellationToken cancellationToken)
    {
        await ExecuteAsync(transaction: null, journal.Create, cancellationToken);
        var done = await ReadJournalAsync(cancellationToken);
        foreach (var script in scripts.Where(script => !done.Contains(script.Name)))
        {
            LogRunning(script.Name);
            try
            {
                await RunAsync(script, prepare, cancellationToken);
            }
            catch (DbException exception)
            {
                throw new MigrationException($"The script {script.Name} failed: {exception.Message}", exception);
            }
        }
    }

    /// <summary>
    /// Repeats a script that timed out waiting for a lock (<c>SET LOCAL lock_timeout</c>), or that PostgreSQL ended to resolve a deadlock.
    /// Statements that queued behind the script can continue meanwhile.
    /// </summary>
    private async Task RunAsync(MigrationScript script, Func<string, string> prepare, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(transaction, prepare(script.Text), cancellationToken);
                await ExecuteAsync(transaction, journal.Insert(script), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (DbException exception) when (exception.SqlState is LockNotAvailable or DeadlockDetected && attempt < MaxAttempts)
            {
                LogLocked(script.Name);
                await Task.Delay(BetweenAttempts, cancellationToken);
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

    [LoggerMessage(
        EventId = 1810, EventName = "MigrationLocked", Level = LogLevel.Information,
        Message = "The script {Script} waits for others that have a table locked; it tries again")]
    private partial void LogLocked(string script);

    [LoggerMessage(EventId = 1811, EventName = "MigrationScript", Level = LogLevel.Information, Message = "Migrating the database: {Script}")]
    private partial void LogRunning(string script);
}
