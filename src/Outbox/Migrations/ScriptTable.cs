using System.Text.RegularExpressions;

namespace Messaging.Outbox.Migrations;

/// <summary>A table that a script of the library creates.</summary>
/// <param name="Script">The script.</param>
/// <param name="Name">The table's name without schema and prefix.</param>
/// <param name="Columns">The columns at its creation, each with the name that a later script may have given it; others may have been added.</param>
internal sealed partial record ScriptTable(string Script, string Name, IReadOnlyList<(string First, string Now)> Columns)
{
    /// <summary>The tables of these scripts in order.</summary>
    public static IReadOnlyList<ScriptTable> Of(IReadOnlyList<MigrationScript> scripts)
    {
        var renamed = scripts.SelectMany(script => Rename().Matches(script.Text))
            .ToDictionary(m => (m.Groups["table"].Value, m.Groups["first"].Value), m => m.Groups["now"].Value);
        return
        [
            .. from script in scripts
               from Match table in Create().Matches(script.Text)
               let name = table.Groups["name"].Value
               select new ScriptTable(
                   script.Name, name, [.. Column().Matches(table.Groups["columns"].Value).Select(m => m.Groups["name"].Value).Select(c => (c, renamed.GetValueOrDefault((name, c), c)))]),
        ];
    }

    /// <summary>Whether a table with these columns can be this one.</summary>
    public bool IsLike(IReadOnlyCollection<string> columns) => Columns.All(c => columns.Contains(c.First) || columns.Contains(c.Now));

    [GeneratedRegex(@"CREATE TABLE messaging\.(?<name>\w+) \(\n(?<columns>.*?)\n\)", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Create();

    // Constraints and comments start differently.
    [GeneratedRegex(@"^ {4}(?<name>[a-z_]+) ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Column();

    [GeneratedRegex(@"ALTER TABLE messaging\.(?<table>\w+) RENAME COLUMN (?<first>\w+) TO (?<now>\w+);", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Rename();
}
