using Messaging.Architecture.Tests.Folders;
using Messaging.Architecture.Tests.Reading;

namespace Messaging.Architecture.Tests;

public sealed class FolderTests
{
    public static TheoryData<string> Projects => RoomTests.Projects;

    [Theory]
    [MemberData(nameof(Projects))]
    public void FoldersHaveNoCycle(string project)
    {
        var wrong = Cycles.WrongArrows(FolderArrow.Of(Room.Read(project)));

        Assert.True(wrong.Count == 0, $"{project}: these arrows close a cycle:\n{string.Join('\n', wrong.Select(arrow => arrow.Describe()))}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void TypeStandsInOneFolder(string project) =>
        Assert.Empty(Room.Read(project).Types.Where(type => type.Folders.Count > 1).Select(type => $"{type.Name}: {string.Join(", ", type.Folders)}"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void NamespaceIsTheFolder(string project)
    {
        var room = $"Messaging.{project}";

        var wrong = from type in Room.Read(project).Types
                    let own = type.Folder == "" ? room : $"{room}.{type.Folder.Replace('/', '.')}"
                    where type.Name != "Program" && type.Namespace != own && !(type.IsPublic && (type.Namespace == room || IsForUsersOfTheLibrary(project, type)))
                    select $"{project}/{type.Folder}/{type.Name} is in {type.Namespace}";

        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    // Who writes `using Messaging.Outbox` finds the rooms' extension methods too.
    private static bool IsForUsersOfTheLibrary(string project, RoomType type) =>
        project.StartsWith("Outbox.", StringComparison.Ordinal) && type.Namespace == "Messaging.Outbox";
}
