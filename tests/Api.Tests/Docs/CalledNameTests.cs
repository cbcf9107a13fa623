using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>What a page calls within a sentence exists, as what stands in its blocks is compiled.</summary>
public sealed partial class CalledNameTests
{
    /// <summary>Of MassTransit, which the code does not call.</summary>
    private static readonly string[] OfOthers = [];

    private static readonly HashSet<string> Known =
    [
        .. Page.FilesBelow(InRepository.File("."), "*.cs").SelectMany(file => Called().Matches(File.ReadAllText(InRepository.File(file)))).Select(m => m.Groups["name"].Value),
        .. OfOthers,
    ];

    public static TheoryData<string> Pages => [.. Page.Paths.Where(path => !path.StartsWith("docs/decisions/", StringComparison.Ordinal) && path is not ("docs/performance/trials.md" or "CHANGELOG.md"))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void MethodsThatAPageNamesExist(string path) =>
        Every.IsRight(Page.Read(path).Quoted().SelectMany(text => Called().Matches(text)).Select(m => m.Groups["name"].Value).Where(name => !Known.Contains(name)));

    [GeneratedRegex(@"\b(?<name>[A-Z]\w+)(<\w+>)?\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Called();
}
