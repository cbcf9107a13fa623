using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>A Markdown file of the repository.</summary>
internal sealed partial class Page
{
    private static readonly HashSet<string> NotOurs = [".git", "bin", "obj", "node_modules", "data", "secrets", "TestResults", ".venv"];

    private Page(string path)
    {
        Path = path;
        Text = File.ReadAllText(InRepository.File(path)).ReplaceLineEndings("\n");
        Prose = Block().Replace(Text, "");
    }

    /// <summary>From the root of the repository.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>The text without its blocks of code.</summary>
    public string Prose { get; }

    public static IEnumerable<string> Paths => FilesBelow(InRepository.File("."), "*.md");

    public static Page Read(string path) => new(path);

    /// <summary>Files by pattern, from the root of the repository, without what a build or a run leaves behind.</summary>
    public static IEnumerable<string> FilesBelow(string folder, string pattern) => Directory.GetFiles(folder, pattern)
        .Select(file => System.IO.Path.GetRelativePath(InRepository.File("."), file))
        .Concat(Directory.GetDirectories(folder)
            .Where(below => !NotOurs.Contains(System.IO.Path.GetFileName(below)))
            .SelectMany(below => FilesBelow(below, pattern)));

    public IEnumerable<(string Language, string Code)> Blocks() =>
        Block().Matches(Text).Select(m => (m.Groups["language"].Value, m.Groups["code"].Value));

    /// <summary>What stands in backticks in a line.</summary>
    public IEnumerable<string> Quoted() => Quote().Matches(Prose).Select(m => m.Groups["text"].Value);

    /// <summary>Where its links lead, without those to other sites.</summary>
    public IEnumerable<string> Links() => Link().Matches(Quote().Replace(Prose, "``"))
        .Select(m => m.Groups["to"].Value)
        .Where(to => !to.Contains("://", StringComparison.Ordinal) && !to.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>The headings as GitHub's anchors.</summary>
    public IReadOnlySet<string> Anchors() => Heading().Matches(Prose)
        .Select(m => NotInAnchor().Replace(m.Groups["title"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("^ *```(?<language>[a-z]*)[^\n]*\n(?<code>.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Block();

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Quote();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,6} (?<title>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NotInAnchor();
}
