using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>What a query is about.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> Operators = ["and", "or", "unless", "offset", "bool", "inf", "nan"];

    /// <summary>The metrics that a query names: identifiers that are neither functions, nor operators, nor labels.</summary>
    public static IEnumerable<string> Metrics(string query) =>
        Identifier().Matches(NotAMetric().Replace(query, " ")).Select(match => match.Value).Where(name => !Operators.Contains(name.ToLowerInvariant())).Distinct(StringComparer.Ordinal);

    // Strings, matchers, ranges, and the labels of a grouping or of a matching.
    [GeneratedRegex(@"(?<=label_values\([^,]*),.*|""[^""]*""|\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring)\s*\([^)]*\)|\bgroup_(left|right)\b(\s*\([\w, ]*\))?|\boffset\s+\w+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NotAMetric();

    [GeneratedRegex(@"(?<![\w:.])(?>[a-zA-Z_:][\w:]*)(?!\s*\()", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Identifier();
}
