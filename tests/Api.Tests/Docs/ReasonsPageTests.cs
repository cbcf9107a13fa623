using System.Text.RegularExpressions;
using Messaging.Outbox;

namespace Messaging.Api.Tests.Docs;

/// <summary>The page of reasons has every code, and no other; the decision has them in their order.</summary>
public sealed partial class ReasonsPageTests
{
    [Fact]
    public void The_page_has_every_code_with_an_example_and_no_other()
    {
        var listed = Row().Matches(Page.Read("docs/operating/why.md").Text).Select(row => row.Groups["code"].Value);

        Assert.Equal(Enum.GetNames<TaskReasonCode>().Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_decision_names_every_code()
    {
        var decision = Page.Read("docs/decisions/0051-why-a-task-is-not-running.md").Text;

        Every.IsRight(Enum.GetNames<TaskReasonCode>().Where(code => !decision.Contains($"`{code}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_page_has_every_type_of_a_timeline()
    {
        var page = Page.Read("docs/operating/why.md").Text;

        Every.IsRight(Enum.GetNames<TaskTimelineType>().Where(type => !page.Contains($"`{type}`", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"^\| `(?<code>[A-Za-z]+)` \| [^|]{10,} \| [^|]{3,} \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
