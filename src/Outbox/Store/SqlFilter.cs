using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>Builds conditions with positional parameters; the same SQL for PostgreSQL and SQLite.</summary>
/// <param name="before">Parameters that the SQL already has.</param>
public sealed class SqlFilter(params IEnumerable<object?> before)
{
    private readonly List<string> _conditions = [];
    private readonly List<object?> _parameters = [.. before];

    /// <summary>The values in the order of their numbers.</summary>
    public IReadOnlyList<object?> Parameters => _parameters;

    /// <summary>The conditions joined by AND, or a condition that is always true.</summary>
    public string Where => _conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", _conditions);

    /// <summary>The parameters of an <c>IN</c>: <c>$2, $3, …</c>. SQLite has no equivalent of PostgreSQL's arrays.</summary>
    /// <param name="count">The number of parameters.</param>
    /// <param name="from">The number of the first parameter.</param>
    public static string Numbered(int count, int from = 1) => string.Join(", ", Enumerable.Range(from, count).Select(n => $"${n}"));

    /// <summary>Adds a value and returns its parameter.</summary>
    public string Parameter(object? value)
    {
        _parameters.Add(value);
        return $"${_parameters.Count}";
    }

    /// <summary>Adds <c>{left} {value}</c>, such as <c>kind = $1</c>, unless the value is null.</summary>
    public SqlFilter And(string left, object? value)
    {
        if (value is not null)
        {
            _conditions.Add($"{left} {Parameter(value)}");
        }

        return this;
    }

    /// <summary>
    /// Adds the condition that the column contains the text, unless it is null. The comparison ignores the case of A to Z; for
    /// other letters that depends on the database.
    /// </summary>
    public SqlFilter AndContains(string column, string? text) => AndContains(column, text, hidesAddresses: false);

    /// <summary>The same for a caller who may not see e-mail addresses.</summary>
    /// <param name="column">The column.</param>
    /// <param name="text">The text; null for no condition.</param>
    /// <param name="hidesAddresses">
    /// Whether the text is not searched in what stands before the <c>@</c> of an address: masked in the answer alone, it could be found out letter by letter.
    /// </param>
    public SqlFilter AndContains(string column, string? text, bool hidesAddresses)
    {
        if (text is null)
        {
            return this;
        }

        var part = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
        var like = $"LIKE lower({Parameter($"%{part}%")}) ESCAPE '\\'";
        _conditions.Add($"lower({column}) {like}");
        if (hidesAddresses)
        {
            _conditions.Add($"{ShownText.Sql(column, this)} {like}"); // slower, so after the condition that most rows do not meet
        }

        return this;
    }

    /// <summary>Adds a condition.</summary>
    public SqlFilter And(string condition)
    {
        _conditions.Add(condition);
        return this;
    }
}
