using System.Globalization;

namespace Messaging.Outbox;

/// <summary>Watches the free space of the disk of a folder or file.</summary>
/// <param name="name">The name in error messages, such as <c>the files</c>; the path is not shown to callers.</param>
/// <param name="path">The path of the folder or file.</param>
/// <param name="minFreeBytes">
/// The bytes to keep free. Null: a tenth of the disk, at least 32 MiB (or a quarter of a small disk) and at most 256 MiB.
/// </param>
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

    /// <summary>Whether a file is on the same disk, according to the mount points.</summary>
    internal bool IsDiskOf(string file) => MountOf(file) == MountOf(path);

    private static string? MountOf(string file)
    {
        var full = Path.GetFullPath(file);
        return DriveInfo.GetDrives().Select(d => d.Name)
            .Where(mount => full.StartsWith(mount.EndsWith(Path.DirectorySeparatorChar) ? mount : mount + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .MaxBy(mount => mount.Length);
    }

    /// <summary>The reserve has to hold everything in flight: a thousand messages, each of which is stored twice for a moment.</summary>
    internal static long ReserveOf(long diskSize) => Math.Clamp(diskSize / 10, Math.Min(MinReserve, diskSize / 4), MaxReserve);
}

/// <summary>
/// Tracks whether the reserve is used. Once it is, a quarter more must be free before it counts as restored, so that it does not
/// flap.
/// </summary>
internal sealed class DiskReserve
{
    private volatile bool _isTouched;

    /// <param name="name">The name of the disk in the message.</param>
    /// <param name="available">The bytes that the process can still write.</param>
    /// <param name="reusable">
    /// The bytes that are unused inside files. A quarter of the reserve must be free on the disk itself, for temporary writes.
    /// </param>
    /// <param name="reserve">The bytes that must be free.</param>
    public string? Check(string name, long available, long reusable, long reserve)
    {
        var wanted = _isTouched ? reserve + (reserve / 4) : reserve;
        _isTouched = available + reusable < wanted || available < wanted / 4;
        return _isTouched ? $"The disk of {name} has {Mebibytes(available + reusable)} left; requests are accepted again from {Mebibytes(wanted)} on." : null;
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1_024.0 * 1_024):0.#} MiB");
}
