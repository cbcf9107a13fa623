using System.Globalization;

namespace Messaging.Outbox;

/// <summary>The disk of a folder, or of a file.</summary>
/// <param name="name">What it is called where somebody is refused, such as <c>the files</c>; not its path, which is nobody's business.</param>
/// <param name="path">Where it is.</param>
/// <param name="minFreeBytes">What is kept free. Null: a tenth of the disk, at least 32 MiB (of a small disk a quarter) and at most 256 MiB.</param>
public sealed class DiskGauge(string name, string path, long? minFreeBytes) : IStorageGauge
{
    private const long MinReserve = 32 * 1_024 * 1_024, MaxReserve = 256 * 1_024 * 1_024;

    private readonly DiskReserve _reserve = new();

    /// <inheritdoc />
    public ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default)
    {
        var disk = new DriveInfo(Path.GetFullPath(path));
        return ValueTask.FromResult(_reserve.Check(name, disk.AvailableFreeSpace, reusable: 0, minFreeBytes ?? ReserveOf(disk.TotalSize)));
    }

    /// <summary>Whether a file lies on the same disk, as far as the mount points tell.</summary>
    internal bool IsDiskOf(string file) => MountOf(file) == MountOf(path);

    private static string? MountOf(string file)
    {
        var full = Path.GetFullPath(file);
        return DriveInfo.GetDrives().Select(d => d.Name)
            .Where(mount => full.StartsWith(mount.EndsWith(Path.DirectorySeparatorChar) ? mount : mount + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .MaxBy(mount => mount.Length);
    }

    /// <summary>What is in flight has to find room in it: a thousand messages, of which each lies in two places for a moment.</summary>
    internal static long ReserveOf(long diskSize) => Math.Clamp(diskSize / 10, Math.Min(MinReserve, diskSize / 4), MaxReserve);
}

/// <summary>Whether a reserve is touched. Once it is, a quarter more has to be free before it is not: what hovers at the edge is not to flicker.</summary>
internal sealed class DiskReserve
{
    private volatile bool _isTouched;

    /// <param name="name">Whose disk it is.</param>
    /// <param name="available">What the process may still write.</param>
    /// <param name="reusable">What lies unused within files; a quarter of the reserve has to be really free, for what is written on the way there.</param>
    /// <param name="reserve">What is to be free.</param>
    public string? Check(string name, long available, long reusable, long reserve)
    {
        var wanted = _isTouched ? reserve + (reserve / 4) : reserve;
        _isTouched = available + reusable < wanted || available < wanted / 4;
        return _isTouched ? $"The disk of {name} has {Mebibytes(available + reusable)} left; from {Mebibytes(wanted)} on callers are served again." : null;
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1_024.0 * 1_024):0.#} MiB");
}
