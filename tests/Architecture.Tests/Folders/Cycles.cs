namespace Messaging.Architecture.Tests.Folders;

/// <summary>Finds the arrows that close cycles. Of the arrows of a cycle it calls those wrong that the fewest types are in.</summary>
internal static class Cycles
{
    public static IReadOnlyList<FolderArrow> WrongArrows(IEnumerable<FolderArrow> all)
    {
        var arrows = all.Where(arrow => Reaches(all, arrow.To, arrow.From)).ToList();
        var order = arrows.SelectMany(arrow => new[] { arrow.From, arrow.To }).Distinct().Order(StringComparer.Ordinal).ToList();
        while (Improve(order, arrows))
        {
        }

        return [.. arrows.Where(arrow => order.IndexOf(arrow.From) < order.IndexOf(arrow.To))];
    }

    /// <summary>Whether a way leads from one folder to the other along the arrows.</summary>
    public static bool Reaches(IEnumerable<FolderArrow> arrows, string from, string to)
    {
        var next = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var seen = new HashSet<string> { from };
        var open = new Stack<string>([from]);
        while (open.TryPop(out var folder))
        {
            foreach (var reached in next[folder].Where(seen.Add))
                open.Push(reached);
        }

        return from != to && seen.Contains(to);
    }

    // The order is from the bottom up. One folder moves to where the fewest arrows point up.
    private static bool Improve(List<string> order, List<FolderArrow> arrows)
    {
        var best = Upward(order, arrows);
        foreach (var folder in order.ToArray())
        {
            var from = order.IndexOf(folder);
            for (var to = 0; to < order.Count; to++)
            {
                order.Remove(folder);
                order.Insert(to, folder);
                if (Upward(order, arrows) < best)
                    return true;
            }

            order.Remove(folder);
            order.Insert(from, folder);
        }

        return false;
    }

    private static int Upward(List<string> order, List<FolderArrow> arrows)
    {
        var level = order.Select((folder, index) => (folder, index)).ToDictionary(pair => pair.folder, pair => pair.index);
        return arrows.Where(arrow => level[arrow.From] < level[arrow.To]).Sum(arrow => arrow.Types.Count);
    }
}
