namespace Messaging.Outbox.Migrations;

/// <summary>The table that has the names of the scripts that have run. Its shape is DbUp's, which made the first of them.</summary>
/// <param name="Table">Its name, as SQL writes it.</param>
/// <param name="Create">Creates it where it is missing.</param>
internal sealed record Journal(string Table, string Create)
{
    /// <summary>What it is called, behind the store's prefix.</summary>
    public const string Name = "schema_versions";

    public string Select => $"SELECT scriptname FROM {Table}";

    public string Insert(MigrationScript script) =>
        $"INSERT INTO {Table} (scriptname, applied) VALUES ('{script.Name.Replace("'", "''", StringComparison.Ordinal)}', CURRENT_TIMESTAMP)";
}
