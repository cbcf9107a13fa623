using System.Text.RegularExpressions;

namespace Messaging.Outbox.Store;

/// <summary>
/// The names of the tables in one store. All SQL of the library uses <c>messaging.tasks</c>, so that it can be read, searched and
/// pasted into psql; a store with another schema or a prefix replaces that by its own names. SQL of the application is never
/// changed.
/// </summary>
internal sealed partial class TableNames
{
    /// <summary>The schema in the SQL of the library, which is also the default.</summary>
    public const string DefaultSchema = "messaging";

    private const string NamePattern = @"^[a-z_][a-z0-9_]{0,30}\z";

    private const string Qualifier = DefaultSchema + ".";

    private readonly string? _replacement;

    private TableNames(string? schema, string prefix)
    {
        (Schema, Prefix) = (schema, prefix);
        // quoted, because it may be a keyword
        var replacement = schema is null ? prefix : $"{(schema == DefaultSchema ? schema : $"\"{schema}\"")}.{prefix}";
        _replacement = replacement == Qualifier ? null : replacement;
    }

    /// <summary>Null for a store without schemas.</summary>
    public string? Schema { get; }

    /// <summary>The prefix of the names of all tables; usually empty.</summary>
    public string Prefix { get; }

    public static TableNames Postgres(string schema = DefaultSchema, string prefix = "") => new(Checked(schema, nameof(schema)), CheckedPrefix(prefix));

    public static TableNames Sqlite(string prefix = "") => new(schema: null, CheckedPrefix(prefix));

    /// <summary>The statement with the names of this store. The replacement costs less than a cache lookup by the statement.</summary>
    public string In(string sql) => _replacement is null ? sql : sql.Replace(Qualifier, _replacement, StringComparison.Ordinal);

    /// <summary>
    /// The script with the names of this store; a name without a schema, such as that of an index or a constraint, starts with
    /// <c>/*prefix*/</c>.
    /// </summary>
    public string InScript(string sql) => In(sql).Replace("/*prefix*/", Prefix, StringComparison.Ordinal);

    private static string CheckedPrefix(string prefix) => prefix.Length == 0 ? prefix : Checked(prefix, nameof(prefix));

    private static string Checked(string name, string parameter) => IsName().IsMatch(name) && !name.StartsWith("pg_", StringComparison.Ordinal) && name != "information_schema"
        ? name
        : throw new ArgumentException(
            $"'{name}' is not a valid schema or prefix of the outbox's tables: it must be up to 31 characters of a to z, 0 to 9 and _, must not start with a digit, and must not be a name that "
            + "PostgreSQL reserves (pg_…, information_schema).",
            parameter);

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex IsName();
}
