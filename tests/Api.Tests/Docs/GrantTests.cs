using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>The grants of the page are those that all suites over PostgreSQL have.</summary>
public sealed partial class GrantTests
{
    [Fact]
    public void SuitesRunWithTheGrantsOfThePage()
    {
        var sql = Assert.Single(Page.Read("docs/operating/health.md").Blocks(), block => block.Language == "sql").Code;

        Assert.Equal(LeastPrivilege.Grants("messaging", "app", "owner").Trim().ReplaceLineEndings("\n"), Comment().Replace(sql, "").Trim());
    }

    [GeneratedRegex(" *--.*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Comment();
}
