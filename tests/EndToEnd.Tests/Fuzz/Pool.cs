using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Ids, cursors and names that answers had, so that requests find something.</summary>
internal sealed partial class Pool
{
    private const int Capacity = 300;

    private readonly ConcurrentDictionary<int, string> _ids = new();
    private readonly ConcurrentDictionary<int, string> _cursors = new();
    private int _nextId, _nextCursor;

    public string Id(Random random) => Pick(_ids, random) ?? "01a20dc2-b4a1-7feb-aac8-7acb97de3ec5";

    public string Cursor(Random random) => Pick(_cursors, random) ?? "1";

    public void Learn(string answer)
    {
        foreach (Match match in IdPattern().Matches(answer))
        {
            _ids[Interlocked.Increment(ref _nextId) % Capacity] = match.Value;
        }

        foreach (Match match in CursorPattern().Matches(answer))
        {
            _cursors[Interlocked.Increment(ref _nextCursor) % Capacity] = match.Groups["value"].Value;
        }
    }

    private static string? Pick(ConcurrentDictionary<int, string> values, Random random) =>
        values.IsEmpty ? null : values.GetValueOrDefault(random.Next(Math.Min(Capacity, values.Count)));

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"(?:next|group|id|token)\":\"(?<value>[^\"\\\\]{1,300})\"", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex CursorPattern();
}
