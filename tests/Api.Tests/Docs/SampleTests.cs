using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>The C# of the README is compiled: each block stands in a file of the folder Samples.</summary>
public sealed partial class SampleTests
{
    public static TheoryData<string> Blocks => [.. Block().Matches(File.ReadAllText(InRepository.File("README.md"))).Select(m => m.Groups["code"].Value)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void What_it_shows_is_compiled(string block)
    {
        var lines = Lines(block);
        var code = string.Join('\n', lines.Where(l => !IsUsing(l)));

        var file = Directory.GetFiles(InRepository.File(Path.Combine("tests", "Api.Tests", "Docs", "Samples")), "*.cs").Select(f => Lines(File.ReadAllText(f)))
            .FirstOrDefault(f => string.Join('\n', f).Contains(code, StringComparison.Ordinal));

        Assert.True(file is not null, $"No file of tests/Api.Tests/Docs/Samples has this block as it is:\n{block}");
        if (lines.Any(IsUsing))
        {
            Assert.Equal(file.Where(IsUsing), lines.Where(IsUsing)); // with these and no other
        }
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal);

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];

    [GeneratedRegex("^ *```csharp\n(?<code>.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Block();
}
