namespace Messaging.Outbox.Redelivery;

/// <summary>Suggests the correct spelling of a name.</summary>
internal static class Nearest
{
    /// <summary>
    /// The candidate that differs in the fewest letters; null if none is close: up to about one letter in three, and none below
    /// four letters.
    /// </summary>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        var upper = name.ToUpperInvariant();
        return candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(upper, candidate.ToUpperInvariant())))
            .Where(c => c.Distance <= Allowed(Math.Max(name.Length, c.Candidate.Length)))
            .OrderBy(c => c.Distance).ThenBy(c => c.Candidate, StringComparer.Ordinal)
            .Select(c => c.Candidate)
            .FirstOrDefault();
    }

    private static int Allowed(int length) => length switch { < 4 => 0, < 7 => 1, < 12 => 2, _ => 3 };

    /// <summary>
    /// The edit distance: missing, additional, different and transposed letters (Damerau-Levenshtein, optimal string alignment).
    /// </summary>
    private static int Distance(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > Allowed(Math.Max(from.Length, to.Length)))
        {
            return int.MaxValue;
        }

        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1),
                    rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[from.Length, to.Length];
    }
}
