using System.Collections.Frozen;

namespace Messaging.Outbox.Dashboard.Files;

/// <summary>
/// The files that are embedded in this assembly, by their path below <c>Assets</c>. A path is looked up and never opened, so no path leads
/// anywhere else.
/// </summary>
internal static class Assets
{
    public const string Index = "index.html";

    private const string Prefix = "Assets/";

    public static readonly FrozenDictionary<string, Asset> All = Read();

    private static readonly FrozenSet<string> Folders =
        All.Keys.Where(path => path.Contains('/')).Select(path => path[..path.IndexOf('/')]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a path is the address of a file rather than of a page: it is in one of the folders, or at the top and with an extension. Names
    /// of queues and schedules have dots too, but stand below a page.
    /// </summary>
    public static bool IsFile(string path) => path.IndexOf('/') is >= 0 and var slash ? Folders.Contains(path[..slash]) : path.Contains('.');

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = typeof(Assets).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..].Replace('\\', '/'), name => new Asset(name, Bytes(name)), StringComparer.Ordinal);

        byte[] Bytes(string name)
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }
}
