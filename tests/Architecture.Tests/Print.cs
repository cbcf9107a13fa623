using Messaging.Architecture.Tests.Folders;
using Messaging.Architecture.Tests.Reading;

namespace Messaging.Architecture.Tests;

/// <summary>
/// Not a test: prints who uses whom, of the project that ROOM names, or of all. First those that close a cycle.
/// <c>ROOM=Outbox Messaging.Architecture.Tests -explicit only -showLiveOutput -noColor</c>
/// </summary>
public sealed class Print
{
    [Fact(Explicit = true)]
    public void Arrows()
    {
        var rooms = (Environment.GetEnvironmentVariable("ROOM") is { } one ? [one] : Rooms.Built).Select(Room.Read).ToList();
        var arrows = rooms.SelectMany(FolderArrow.Of, (room, arrow) => (Room: room, Arrow: arrow)).ToList();
        var wrong = rooms.SelectMany(room => Cycles.WrongArrows(FolderArrow.Of(room)), (room, arrow) => $"{room}: {arrow}");

        var all = arrows.Select(each => $"{each.Room}:{each.Arrow.Describe()}");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', wrong.Append("").Concat(all)));
    }
}
