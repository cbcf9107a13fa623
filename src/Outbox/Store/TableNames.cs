using System.Text.RegularExpressions;

namespace Messaging.Outbox.Store;

/// <summary>
/// What the tables are called in one store. All SQL of the library writes <c>messaging.tasks</c>, so that it can be read, searched for and pasted into
/// psql; a store with another schema or with a prefix turns that into its own. SQL of the application is never turned.
/// </summary>
internal sealed partial class TableNames
{
    /// <summary>The schema that the SQL of the library is written with, and the default.</summary>
    public const string DefaultSchema = "messaging";

    private const string NamePattern = @"^[a-z_][a-z0-9_]{0,30}\z";

    private const string Qualifier = DefaultSchema + ".";

    private readonly string? _replacement;

    private TableNames(string? schema, string prefix)
    {
        (Schema, Prefix) = (schema, prefix);
        var replacement = schema is null ? prefix : $"{(schema == DefaultSchema ? schema : $"\"{schema}\"")}.{prefix}"; // it may be a word of SQL
        _replacement = replacement == Qualifier ? null : replacement;
    }

    /// <summary>Null for a store without schemas.</summary>
    public string? Schema { get; }

    /// <summary>What the names of all tables begin with; empty as a rule.</summary>
    public string Prefix { get; }

    public static TableNames Postgres(string schema = DefaultSchema, string prefix = "") => new(Checked(schema, nameof(schema)), CheckedPrefix(prefix));

    public static TableNames Sqlite(string prefix = "") => new(schema: null, CheckedPrefix(prefix));

    /// <summary>The statement with the names of this store. It costs less than a look-up by the text would, and keeps nothing.</summary>
    public string In(string sql) => _replacement is null ? sql : sql.Replace(Qualifier, _replacement, StringComparison.Ordinal);

    /// <summary>The same for a script, where a name that has no schema - an index, a constraint - begins with <c>/*prefix*/</c>.</summary>
    public string InScript(string sql) => In(sql).Replace("/*prefix*/", Prefix, StringComparison.Ordinal);

    private static string CheckedPrefix(string prefix) => prefix.Length == 0 ? prefix : Checked(prefix, nameof(prefix));

    private static string Checked(string name, string parameter) => IsName().IsMatch(name) && !name.StartsWith("pg_", StringComparison.Ordinal) && name != "information_schema"
        ? name
        : throw new ArgumentException(
            $"'{name}' cannot be the schema or the prefix of the outbox's tables: use up to 31 of a to z, 0 to 9 and _, the first no digit, and nothing that "
            + "PostgreSQL has for itself (pg_…, information_schema).",
            parameter);

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex IsName();
}
