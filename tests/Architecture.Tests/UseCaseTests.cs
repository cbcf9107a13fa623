using Messaging.Architecture.Tests.Reading;

namespace Messaging.Architecture.Tests;

/// <summary>The service holds use cases, and nothing of the mechanism.</summary>
public sealed class UseCaseTests
{
    // No messages of their own: a summary and the first page; and how the worker sends its mails.
    private static readonly Dictionary<string, string[]> Besides = new() { ["Api"] = ["Data", "Home"], ["Worker"] = ["Mail"] };

    [Theory]
    [InlineData("Api")]
    [InlineData("Worker")]
    public void FolderIsAUseCaseOfContracts(string project)
    {
        var folders = Room.Read(project).Types.Select(type => type.Folder.Split('/')[0]).Where(folder => folder != "");
        var useCases = Room.Read("Contracts").Types.Select(type => type.Folder);

        Assert.Empty(folders.Except(useCases).Except(Besides[project]));
    }
}
