namespace Messaging.Outbox.Migrations;

/// <summary>
/// Finds out whether all scripts of this version have run. Without the last ones a process reads most tables and seems to work, while the statements that need
/// them fail. Once they have run, nothing is read any more.
/// </summary>
internal sealed class ScriptCheck(IReadOnlyList<MigrationScript> scripts)
{
    private volatile bool _isSettled;

    /// <param name="read">Reads the names in the journal; null if they may not be read.</param>
    /// <exception cref="StoreUnavailableException">A script has not run.</exception>
    public async Task EnsureAsync(Func<Task<IReadOnlyList<string>?>> read)
    {
        if (_isSettled)
        {
            return;
        }

        if (await read() is not { } done)
        {
            _isSettled = true; // each refusal is an entry in the server's log
            return;
        }

        if (scripts.Select(script => script.Name).Except(done, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new StoreUnavailableException($"The outbox's tables are too old for this version: run the migration ({Short(missing)} has not run).");
        }

        _isSettled = true;
    }

    /// <summary>Of <c>Messaging.Outbox.Scripts.Postgres.0040-bulk-retries.sql</c>: <c>0040-bulk-retries</c>.</summary>
    private static string Short(string name) => name.Split('.')[^2];
}
