namespace Messaging.Outbox.Migrations;

/// <summary>The error for a table of another application that has a name of the outbox.</summary>
internal static class ForeignTable
{
    /// <param name="table">The table's name with its schema.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="remedy">The setting that gives the outbox's tables other names.</param>
    public static MigrationException Error(string table, IEnumerable<string> columns, string remedy) => new(
        $"The table {table} exists and does not belong to the outbox (its columns are {string.Join(", ", columns)}): set {remedy}. Nothing was changed.", null);
}
