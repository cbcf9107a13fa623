namespace Messaging.Api.Tests.Reference;

/// <summary>Redocly's recommended rules, of which it reports warnings as errors too.</summary>
public sealed class LinterTests
{
    [Fact]
    public async Task LinterHasNothingToSay()
    {
        await using var api = new StandaloneApi();
        using var document = await DocumentFile.OfAsync(api);

        var (exitCode, output) = await new Tools(InRepository.File("")).RunAsync("redocly", "lint", document.Path, "--extends", "recommended-strict", "--format", "stylish");

        Assert.True(exitCode == 0, output);
    }
}
