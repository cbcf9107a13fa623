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
    public SqlFilter AndContains(string column, string? text)
    {
        if (text is not null)
        {
            var pattern = text
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
            _conditions.Add($"lower({column}) LIKE lower({Parameter($"%{pattern}%")}) ESCAPE '\\'");
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
