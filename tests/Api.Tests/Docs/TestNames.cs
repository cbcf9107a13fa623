using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>The tests of the repository, by class, as their sources name them.</summary>
internal static partial class TestNames
{
    /// <summary>The methods of each class.</summary>
    public static ILookup<string, string> All { get; } = Page.FilesBelow(InRepository.File("tests"), "*.cs")
        .SelectMany(file => Of(File.ReadAllText(InRepository.File(file))))
        .ToLookup(test => test.Class, test => test.Method, StringComparer.Ordinal);

    private static IEnumerable<(string Class, string Method)> Of(string source)
    {
        var name = "";
        foreach (Match match in Declaration().Matches(source))
        {
            if (match.Groups["class"] is { Success: true, Value: var found })
            {
                name = found;
                yield return (name, "");
            }
            else
            {
                yield return (name, match.Groups["method"].Value);
            }
        }
    }

    [GeneratedRegex(
        @"^ *(public|internal) [\w ]*?(class (?<class>\w+)|(void|Task|ValueTask) (?<method>\w+)\()",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Declaration();
}
