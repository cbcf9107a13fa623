using Messaging.Outbox.Storage;

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
