using System.Globalization;

namespace Messaging.Api.Http;

/// <summary>
/// How many connections a process takes. Kestrel has no limit of its own: idle connections would use up the file descriptors, and .NET ends the
/// process when it gets none for itself.
/// </summary>
internal static class ConnectionLimit
{
    private const int Reserve = 250; // the database's pool, the broker, files, libraries
    private const int Min = 50, Max = 20_000;

    /// <summary>Three quarters of the descriptors that the process does not need for itself; at most 20,000.</summary>
    public static int Default() => ForDescriptors(OpenFiles());

    public static int ForDescriptors(long? descriptors) =>
        descriptors is { } count ? (int)Math.Clamp((count - Reserve) * 3 / 4, Min, Max) : Max;

    /// <returns>Null where the limit is not known, or there is none.</returns>
    private static long? OpenFiles()
    {
        const string Limits = "/proc/self/limits", Name = "Max open files";
        if (!File.Exists(Limits))
        {
            return null;
        }

        // "Max open files            1024                 524288               files": the first number is the one in force.
        var line = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var columns = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return columns is [var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
    }
}
