namespace Messaging.Architecture.Tests.Reading;

/// <summary>A type that stands in a file of its own room; what is nested in it counts as a part of it.</summary>
/// <param name="Folders">One, unless it is a partial type whose files stand in several.</param>
internal sealed record RoomType(string Name, string Namespace, bool IsPublic, IReadOnlySet<string> Folders)
{
    public string Folder => Folders.Order(StringComparer.Ordinal).First();
}

/// <summary>A type names another: as a base, a member's type, an attribute, or in a method's body.</summary>
internal sealed record TypeArrow(RoomType From, RoomType To);
