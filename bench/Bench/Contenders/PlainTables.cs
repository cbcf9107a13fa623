using Messaging.Bench.Servers;

namespace Messaging.Bench.Contenders;

/// <summary>What the peers write to: the rows that the product's users and log entries have, without its outbox, inbox and tasks.</summary>
internal static class PlainTables
{
    public const string LogEntries = "CREATE TABLE log_entries (id uuid PRIMARY KEY, message text NOT NULL, logged_at timestamptz NOT NULL)";

    public static async Task<RunningSystem> CreateAsync(BenchServers servers, string name, Func<Task<long>>? countEntries = null)
    {
        var database = await servers.CreateDatabaseAsync(name);
        await database.ExecuteAsync(
            $"CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, registered_at timestamptz NOT NULL); {LogEntries}");
        return new RunningSystem(servers, database)
        {
            CountRegistrations = () => database.CountAsync("users"),
            CountEntries = countEntries ?? (() => database.CountAsync("log_entries")),
        };
    }
}
