using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>
/// The samples of all pages: C# stands as it is in a file of the folder Samples, which is compiled, or is the program that
/// <c>NewSolutionTests</c> runs; JSON can be read; bash can read the rest.
/// </summary>
public sealed partial class SampleTests
{
    private static readonly string Folder = Path.Combine("tests", "Api.Tests", "Docs", "Samples");

    private static readonly string Program = Path.Combine("tests", "Packages.Tests", "Shop", "Program.cs");

    private static readonly List<List<string>> Compiled =
        [.. Directory.GetFiles(InRepository.File(Folder), "*.cs").Append(InRepository.File(Program)).Select(file => Lines(File.ReadAllText(file)))];

    public static TheoryData<string> Pages => [.. Page.Paths];

    public static TheoryData<string, string> CSharp => BlocksIn("csharp");

    public static TheoryData<string, string> Json => BlocksIn("json");

    public static TheoryData<string, string> Shell => BlocksIn("sh");

    [Theory]
    [MemberData(nameof(CSharp))]
    public void CSharpIsCompiled(string page, string block)
    {
        var lines = Lines(block);
        var code = string.Join('\n', lines.Where(l => !IsUsing(l)));

        var file = Compiled.Find(f => string.Join('\n', f).Contains(code, StringComparison.Ordinal));

        Assert.True(file is not null, $"No file of {Folder} has this block of {page} as it is:\n{block}");
        if (lines.Any(IsUsing))
        {
            Assert.Equal(file.Where(IsUsing), lines.Where(IsUsing)); // with these and no other
        }
    }

    [Fact]
    public void EachPackageShowsItsUse() => Assert.Equal(
        Directory.GetDirectories(InRepository.File("src"), "Outbox*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal),
        CSharp.Select(block => block.Data.Item1.Split('/')).Where(path => path is ["src", _, "README.md"]).Select(path => path[1]).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Json))]
    public void JsonCanBeRead(string page, string block)
    {
        using var document = JsonDocument.Parse(block);

        Assert.True(document.RootElement.ValueKind != JsonValueKind.Undefined, page);
    }

    [Theory]
    [MemberData(nameof(Shell))]
    public async Task BashCanReadIt(string page, string block)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-n"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        await bash.StandardInput.WriteAsync(block);
        bash.StandardInput.Close();
        var error = await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(bash.ExitCode == 0, $"{page}: {error}");
        Assert.All(Body().Matches(block), body => JsonDocument.Parse(body.Groups["json"].Value).Dispose());
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void ABlockOfCodeHasALanguage(string page) =>
        Assert.Empty(Page.Read(page).Blocks().Select(b => b.Language).Except(["csharp", "html", "json", "sh", "sql", "http", "mermaid", "text"]));

    private static TheoryData<string, string> BlocksIn(string language) =>
        [.. from path in Page.Paths from block in Page.Read(path).Blocks() where block.Language == language select (path, block.Code)];

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal);

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];

    /// <summary>What curl sends.</summary>
    [GeneratedRegex(@"-d '\s*(?<json>\{[^']*)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Body();
}
