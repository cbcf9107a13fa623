using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Messaging.Api.Tests.Docs;

/// <summary>Who follows a guide has all tables that its code writes.</summary>
public sealed partial class GuideSqlTests
{
    public static TheoryData<string> Guides => [.. Page.Paths.Where(path => path.StartsWith("docs/guides/", StringComparison.Ordinal) && Statements(Page.Read(path)).Any())];

    [Theory]
    [MemberData(nameof(Guides))]
    public void StatementsFitTheTablesOfTheGuide(string path)
    {
        var page = Page.Read(path);
        using var database = new SqliteConnection("Data Source=:memory:");
        database.Open();
        foreach (var script in Scripts(page).Where(script => script.Store == "Sqlite"))
        {
            Run(database, script.Sql);
        }

        Assert.All(Statements(page), statement => Run(database, $"EXPLAIN {Parameter().Replace(statement, "NULL")}"));
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void EachTableIsMadeInBothStores(string path)
    {
        var scripts = Scripts(Page.Read(path)).ToLookup(script => script.Store, script => (script.File, Columns: Columns(script.Sql)));

        Assert.NotEmpty(scripts["Postgres"]);
        Assert.Equal(scripts["Postgres"], scripts["Sqlite"]);
    }

    private static IEnumerable<string> Statements(Page page) =>
        page.Blocks().Where(block => block.Language == "csharp").SelectMany(block => Statement().Matches(block.Code)).Select(m => m.Groups["sql"].Value);

    private static IEnumerable<(string Store, string File, string Sql)> Scripts(Page page) =>
        page.Blocks().Where(block => block.Language == "sql").SelectMany(block => Script().Matches(block.Code))
            .Select(m => (m.Groups["store"].Value, m.Groups["file"].Value, m.Value));

    private static string Columns(string sql) => string.Join(", ", Column().Matches(sql).Select(m => m.Groups["name"].Value));

    private static void Run(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [GeneratedRegex("\\bunit\\.Execute\\(\"(?<sql>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Statement();

    [GeneratedRegex("\\A-- src/Contracts/\\w+/Scripts/(?<store>Postgres|Sqlite)/(?<file>[0-9]{4}-[a-z-]+\\.sql)\n.*\\z", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Script();

    [GeneratedRegex("^    (?<name>\\w+) ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Column();

    [GeneratedRegex("\\$[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Parameter();
}
