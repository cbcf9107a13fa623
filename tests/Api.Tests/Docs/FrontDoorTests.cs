namespace Messaging.Api.Tests.Docs;

/// <summary>The README is short, and its commands are those of CI.</summary>
public sealed class FrontDoorTests
{
    private const string TestCommand = "dotnet test Messaging.sln";

    [Fact]
    public void TheReadmeHasAtMost150Lines() => Assert.InRange(Page.Read("README.md").Text.Split('\n').Length, 1, 151); // the last one is empty

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    public void TheTestCommandIsTheOneOfCI(string page)
    {
        Assert.Contains(Page.Read(page).Blocks(), block => block.Code.Split('\n').Any(line => line.StartsWith(TestCommand, StringComparison.Ordinal)));
        Assert.Contains(File.ReadAllLines(InRepository.File(".ci/run")), line => line.StartsWith($"{TestCommand} ", StringComparison.Ordinal));
    }
}
