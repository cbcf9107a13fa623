using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Ids and cursors that answers had, so that requests find something: mostly those of the same kind of resource.</summary>
internal sealed partial class Pool
{
    private const string AnId = "01a20dc2-b4a1-7feb-aac8-7acb97de3ec5";

    private readonly ConcurrentDictionary<string, Ring> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Ring> _cursors = new(StringComparer.Ordinal);

    /// <param name="path">Of the operation that it is for.</param>
    /// <param name="random">The choice.</param>
    public string Id(string path, Random random) => Pick(_ids, path, random) ?? AnId;

    /// <inheritdoc cref="Id"/>
    public string Cursor(string path, Random random) => Pick(_cursors, path, random) ?? "1";

    public void Learn(string path, string answer)
    {
        foreach (Match match in IdPattern().Matches(answer))
        {
            Of(_ids, path).Add(match.Value);
        }

        foreach (Match match in CursorPattern().Matches(answer))
        {
            Of(_cursors, path).Add(match.Groups["value"].Value);
        }
    }

    private static string? Pick(ConcurrentDictionary<string, Ring> rings, string path, Random random)
    {
        var own = random.Next(8) > 0 ? Of(rings, path).Pick(random) : null;
        return own ?? Of(rings, "/tasks").Pick(random);
    }

    private static Ring Of(ConcurrentDictionary<string, Ring> rings, string path) => rings.GetOrAdd(path.Split('/', 3)[1], _ => new Ring());

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"(?:next|group|id|token)\":\"(?<value>[^\"\\\\]{1,300})\"", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex CursorPattern();

    /// <summary>The latest of many.</summary>
    private sealed class Ring
    {
        private readonly string?[] _values = new string?[100];
        private int _count;

        public void Add(string value) => _values[(uint)Interlocked.Increment(ref _count) % _values.Length] = value;

        public string? Pick(Random random) => _values[random.Next(Math.Clamp(Volatile.Read(ref _count), 1, _values.Length))];
    }
}
