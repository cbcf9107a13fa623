using System.Text.RegularExpressions;

namespace Messaging.Outbox.Migrations;

/// <summary>A table that a script of the library creates.</summary>
/// <param name="Script">The script.</param>
/// <param name="Name">The table's name without schema and prefix.</param>
/// <param name="Columns">The columns at its creation; later scripts may add some.</param>
internal sealed partial record ScriptTable(string Script, string Name, IReadOnlyList<string> Columns)
{
    /// <summary>The tables of these scripts in order.</summary>
    public static IReadOnlyList<ScriptTable> Of(IEnumerable<MigrationScript> scripts) =>
    [
        .. from script in scripts
           from Match table in Create().Matches(script.Text)
           select new ScriptTable(script.Name, table.Groups["name"].Value, [.. Column().Matches(table.Groups["columns"].Value).Select(m => m.Groups["name"].Value)]),
    ];

    /// <summary>Whether a table with these columns can be this one.</summary>
    public bool IsLike(IReadOnlyCollection<string> columns) => Columns.All(columns.Contains);

    [GeneratedRegex(@"CREATE TABLE messaging\.(?<name>\w+) \(\n(?<columns>.*?)\n\)", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Create();

    // Constraints and comments start differently.
    [GeneratedRegex(@"^ {4}(?<name>[a-z_]+) ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Column();
}
