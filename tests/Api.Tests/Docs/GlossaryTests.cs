using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>The glossary is sorted, explains each term shortly, and names types that exist.</summary>
public sealed partial class GlossaryTests
{
    private const string Path = "docs/glossary.md";

    private static readonly HashSet<string> Types = Page.FilesBelow(InRepository.File("src"), "*.cs")
        .SelectMany(file => TypeName().Matches(File.ReadAllText(InRepository.File(file))))
        .Select(match => match.Groups["name"].Value)
        .ToHashSet(StringComparer.Ordinal);

    private static readonly List<string> Terms = [.. Page.Read(Path).Text.Split("\n### ").Skip(1)];

    [Fact]
    public void TermsAreSorted() => Assert.Equal(Terms.Order(StringComparer.OrdinalIgnoreCase), Terms);

    [Fact]
    public void ATermHasFewWords() => Assert.All(Terms, term => Assert.InRange(term.Split(' ').Length, 5, 70));

    [Fact]
    public void NamedTypesExist()
    {
        var named = CodeOf().Matches(Page.Read(Path).Text).SelectMany(match => Quote().Matches(match.Value)).Select(m => m.Groups["type"].Value);

        Every.IsRight(named.Where(type => type != "IPublishEndpoint").Except(Types)); // MassTransit's
    }

    [GeneratedRegex(@"\b(class|record|struct|interface|enum) (?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TypeName();

    [GeneratedRegex("[Ii]n code: .*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CodeOf();

    [GeneratedRegex(@"`(?<type>\w+)(\.\w+)?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Quote();
}
