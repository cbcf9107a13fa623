using Messaging.Architecture.Tests.Reading;

namespace Messaging.Architecture.Tests.Folders;

/// <summary>A folder uses another, by these types.</summary>
internal sealed record FolderArrow(string From, string To, IReadOnlyList<TypeArrow> Types)
{
    public static IReadOnlyList<FolderArrow> Of(Room room) =>
        [.. room.Arrows.GroupBy(arrow => (From: arrow.From.Folder, To: arrow.To.Folder))
            .Where(group => group.Key.From != group.Key.To)
            .Select(group => new FolderArrow(group.Key.From, group.Key.To, [.. group]))
            .OrderBy(arrow => arrow.ToString(), StringComparer.Ordinal)];

    public override string ToString() => $"{Named(From)} -> {Named(To)}";

    /// <summary>For a person: each arrow from type to type on a line.</summary>
    public string Describe() =>
        string.Join('\n', Types.Select(type => $"    {type.From.Name} -> {type.To.Name}").Order(StringComparer.Ordinal).Prepend($"  {this}"));

    private static string Named(string folder) => folder == "" ? "(root)" : folder;
}
