using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>Pages use the field's words, which the glossary explains, and none of the house's own.</summary>
public sealed partial class WordTests
{
    public static TheoryData<string> Pages => [.. Page.Paths.Where(path => path != "docs/performance/trials.md")]; // entries keep the words of their day

    [Theory]
    [MemberData(nameof(Pages))]
    public void NoHouseDialect(string path) => Every.IsRight(Dialect().Matches(Page.Read(path).Text).Select(match => match.Value));

    [GeneratedRegex(
        @"\b(strangers?|in hand|hand(s|ed)? (on|over)|g[ia]ve(n|s)? up|put off|set aside|unfollowed|held up|suspects?|condemned|culprit|truth value|under way|says? so|whoever)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Dialect();
}
