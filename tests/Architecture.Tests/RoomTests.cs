using Messaging.Architecture.Tests.Reading;

namespace Messaging.Architecture.Tests;

public sealed class RoomTests
{
    public static TheoryData<string> Projects => [.. Rooms.Built];

    [Fact]
    public void EveryProjectIsInTheTable() => Assert.Equal(Rooms.MayUse.Keys.Order(StringComparer.Ordinal), Rooms.Built);

    [Theory]
    [MemberData(nameof(Projects))]
    public void RoomUsesOnlyTheRoomsBelowIt(string project)
    {
        var allowed = Rooms.MayUse[project].Select(room => $"Messaging.{room}");

        var used = Room.Read(project).Assemblies.Where(name => name.StartsWith("Messaging.", StringComparison.Ordinal));

        Assert.True(!used.Except(allowed).Any(), $"Wrong: {string.Join(", ", used.Except(allowed).Select(name => $"Messaging.{project} -> {name}"))}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void RoomKnowsOnlyItsOwnPackages(string project)
    {
        var forbidden = Rooms.OnlyIn.Where(package => !package.Value.Contains(project)).Select(package => package.Key);

        var wrong = Room.Read(project).Assemblies.Where(name => forbidden.Any(package => IsOf(package, name))).Select(name => $"{project} -> {name}");

        Assert.True(!wrong.Any(), $"Wrong: {string.Join(", ", wrong)}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void RoomShowsItsInternalsToRoomsAndTestsOnly(string project)
    {
        var rooms = Rooms.MayUse.Keys.Where(room => room.StartsWith("Outbox", StringComparison.Ordinal)).Select(room => $"Messaging.{room}");

        var others = Room.Read(project).Friends.Except(rooms).Where(friend => !friend.EndsWith(".Tests", StringComparison.Ordinal));

        Assert.Empty(others.Except(["Messaging.Faults", "Messaging.Micro"]));
    }

    private static bool IsOf(string package, string assembly) =>
        assembly == package || assembly.StartsWith(package + ".", StringComparison.Ordinal) || assembly.StartsWith(package + "-", StringComparison.Ordinal);
}
