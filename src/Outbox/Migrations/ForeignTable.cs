namespace Messaging.Outbox.Migrations;

/// <summary>Says that somebody else's table has a name that the outbox needs.</summary>
internal static class ForeignTable
{
    /// <param name="table">Its name, with the schema.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="remedy">The setting that gives the outbox other names.</param>
    public static MigrationException Error(string table, IEnumerable<string> columns, string remedy) => new(
        $"The table {table} exists and is not the outbox's (its columns are {string.Join(", ", columns)}): set {remedy}. Nothing was changed.", null);
}
