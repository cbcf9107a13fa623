namespace Messaging.Outbox.Migrations;

/// <summary>The table with the names of the scripts that have run. It has DbUp's format, because DbUp created the first ones.</summary>
/// <param name="Table">The table's name in SQL.</param>
/// <param name="Create">SQL that creates the table if it does not exist.</param>
internal sealed record Journal(string Table, string Create)
{
    /// <summary>The table's name without the store's prefix.</summary>
    public const string Name = "schema_versions";

    public string Select => $"SELECT scriptname FROM {Table}";

    public string Insert(MigrationScript script) =>
        $"INSERT INTO {Table} (scriptname, applied) VALUES ('{script.Name.Replace("'", "''", StringComparison.Ordinal)}', CURRENT_TIMESTAMP)";
}
