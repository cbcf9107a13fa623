using System.Text.RegularExpressions;

namespace Messaging.Outbox.PostgreSql.Partitions;

/// <summary>A partition that contains a range of ids.</summary>
/// <param name="Name">The name of its table.</param>
/// <param name="Upper">The exclusive upper bound of its ids; null without a bound.</param>
internal sealed partial record Partition(string Name, Guid? Upper)
{
    /// <summary>Selects the names and bounds of the partitions of table <c>$1</c>.</summary>
    public const string Select =
        """
        SELECT child.relname, pg_get_expr(child.relpartbound, child.oid)
        FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = $1::regclass
        """;

    /// <summary>The latest time at which one of its ids can have been created.</summary>
    public DateTimeOffset? End => Upper is { } upper ? Uuid7.TimeOf(upper) : null;

    /// <returns>Null for the default partition.</returns>
    public static Partition? From(string name, string bounds) => Bounds().Match(bounds) is { Success: true } match
        ? new Partition(name, Guid.TryParse(match.Groups["upper"].Value, out var upper) ? upper : null)
        : null;

    [GeneratedRegex(@"^FOR VALUES FROM \(.+\) TO \('?(?<upper>[^')]+)'?\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Bounds();
}
