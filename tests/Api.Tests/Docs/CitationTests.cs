using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>A test that a page names exists, and every promise names one.</summary>
public sealed partial class CitationTests
{
    private const string Promises = "docs/operating/promises.md";

    public static TheoryData<string> Pages => [.. Page.Paths];

    [Theory]
    [MemberData(nameof(Pages))]
    public void NamedTestsExist(string path) =>
        Every.IsRight(Cited(Page.Read(path).Prose).Where(test => !Exists(test)).Select(test => $"There is no test {test.Class}.{test.Method}"));

    [Fact]
    public void EveryPromiseNamesItsTests()
    {
        var promises = Page.Read(Promises).Text.Split("\n- ").Skip(1).ToList();

        Assert.True(promises.Count > 40);
        Assert.All(promises, promise => Assert.Contains(Cited(promise), test => test.Method.Length > 0));
    }

    private static IEnumerable<(string Class, string Method)> Cited(string text) =>
        Citation().Matches(text).Select(m => (m.Groups["class"].Value, m.Groups["method"].Value));

    private static bool Exists((string Class, string Method) test) => TestNames.All[test.Class].Contains(test.Method, StringComparer.Ordinal);

    [GeneratedRegex(@"`(?<class>\w+Tests)(\.(?<method>\w+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Citation();
}
