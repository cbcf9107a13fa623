using Messaging.Bench.Servers;

namespace Messaging.Bench.Contenders;

/// <summary>What the peers write to: the rows that the product's users and log entries have, without its outbox, inbox and tasks.</summary>
internal static class PlainTables
{
    public const string LogEntries = "CREATE TABLE log_entries (id uuid PRIMARY KEY, message text NOT NULL, logged_at timestamptz NOT NULL)";

    /// <param name="servers">The servers.</param>
    /// <param name="name">The database's name.</param>
    /// <param name="countEntries">Counts what shows that a log entry was accepted; without it, its row.</param>
    /// <param name="countRegistrations">The same of a registration; without it, the user's row.</param>
    public static async Task<RunningSystem> CreateAsync(
        BenchServers servers,
        string name,
        Func<BenchDatabase, Task<long>>? countEntries = null,
        Func<BenchDatabase, Task<long>>? countRegistrations = null)
    {
        var database = await servers.CreateDatabaseAsync(name);
        await database.ExecuteAsync(
            $"CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, registered_at timestamptz NOT NULL); {LogEntries}");
        return new RunningSystem(servers, database)
        {
            CountRegistrations = () => countRegistrations?.Invoke(database) ?? database.CountAsync("users"),
            CountEntries = () => countEntries?.Invoke(database) ?? database.CountAsync("log_entries"),
        };
    }
}
