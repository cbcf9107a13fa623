using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>What the Markdown files link to, and the files that they and the code name, exist.</summary>
public sealed partial class LinkTests
{
    private const string DecisionFolder = "docs/decisions/";

    private static readonly string[] CodeFiles = ["*.cs", "*.sql", "*.props", "*.targets", "*.csproj", "*.yml", "*.sh", "*.http"];

    public static TheoryData<string> Pages => [.. Page.Paths];

    [Theory]
    [MemberData(nameof(Pages))]
    public void LinksLeadToFilesAndHeadings(string path)
    {
        var page = Page.Read(path);

        Every.IsRight(page.Links().Where(to => !Leads(page, to)));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void NamedFilesExist(string path) =>
        Every.IsRight(Page.Read(path).Quoted().Where(text => NamedFile().IsMatch(text) && !Exists(text)));

    [Fact]
    public void PagesThatTheCodeNamesExist()
    {
        var missing =
            from pattern in CodeFiles
            from file in Page.FilesBelow(InRepository.File("."), pattern)
            from Match match in NamedPage().Matches(File.ReadAllText(InRepository.File(file)))
            where !Exists(match.Value)
            select $"{file}: {match.Value}";

        Every.IsRight(missing);
    }

    [Fact]
    public void EveryPageIsReachedFromTheReadme()
    {
        var reached = new HashSet<string>(["README.md"], StringComparer.Ordinal);
        var next = new Queue<string>(reached);
        while (next.TryDequeue(out var path))
        {
            var page = Page.Read(path);
            foreach (var to in page.Links().Select(to => Target(page, to)).Where(to => to.EndsWith(".md", StringComparison.Ordinal) && reached.Add(to)))
            {
                next.Enqueue(to);
            }
        }

        Every.IsRight(Page.Paths.Except(reached, StringComparer.Ordinal));
    }

    private static bool Leads(Page page, string to)
    {
        var anchor = to.Split('#').ElementAtOrDefault(1);
        var target = Target(page, to);
        return Exists(target) && (anchor is null || Page.Read(target).Anchors().Contains(anchor));
    }

    private static string Target(Page page, string to)
    {
        var file = to.Split('#')[0];
        var folder = Path.GetDirectoryName(page.Path)!;
        var target = file.Length == 0 ? page.Path : Path.GetRelativePath(InRepository.File("."), InRepository.File(Path.Combine(folder, file)));
        var shown = Path.Combine(target, "README.md"); // GitHub shows it below the files of its folder
        return File.Exists(InRepository.File(shown)) ? shown : target;
    }

    /// <summary>A file or a folder; a decision also by its number.</summary>
    private static bool Exists(string path) => Path.Exists(InRepository.File(path))
        || (path.StartsWith(DecisionFolder, StringComparison.Ordinal)
            && Directory.GetFiles(InRepository.File(DecisionFolder), $"{path[DecisionFolder.Length..]}-*.md").Length == 1);

    [GeneratedRegex(@"^(src|tests|bench|docs|deploy|\.ci)/[\w./-]*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"(?<![\w/])docs/[\w-]+/[\w-]+(\.md)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedPage();
}
