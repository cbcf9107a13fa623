using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Files;

/// <summary>
/// A use case's subfolder of the shared folder. A file is named after an id that the service created, never after client input,
/// and is written once. It counts once a row in the database refers to it, which is committed after the file is on the disk. A
/// file without a row is unfinished or no longer needed, and a sweep deletes it.
/// </summary>
public sealed class FileFolder
{
    /// <summary>The mode of a folder that only its owner can access: 0700.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;

    /// <param name="options">The shared folder.</param>
    /// <param name="area">The use case's subfolder, such as <c>reports</c>; created if it does not exist.</param>
    /// <remarks>
    /// A new folder is accessible to the process's user only (mode 0700). An existing one keeps its mode, for example for a group
    /// that API and workers share.
    /// </remarks>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public FileFolder(IOptions<FilesOptions> options, string area)
    {
        _folder = Path.GetFullPath(Path.Combine(options.Value.Folder, area));
        CreateOwnerOnly(_folder);
    }

    /// <summary>Creates a folder that only the process's user can access; an existing folder is not changed.</summary>
    public static DirectoryInfo CreateOwnerOnly(string folder) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(folder)
        : Directory.CreateDirectory(folder, OwnerOnly);

    /// <summary>
    /// Writes a file. When the method returns, the content is synced to the disk and outlives the process. .NET cannot sync a
    /// folder, so whether the directory entry survives a power failure depends on the file system; ext4 and XFS on Linux sync it
    /// together with a new file. If writing fails, the file is deleted.
    /// </summary>
    /// <param name="name">A name that no other file has.</param>
    /// <param name="write">Writes the content.</param>
    public async Task<T> WriteAsync<T>(string name, Func<FileStream, Task<T>> write)
    {
        var path = PathOf(name);
        try
        {
            await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.Asynchronous);
            var result = await write(stream);
            stream.Flush(flushToDisk: true);
            return result;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a file for reading; null if it does not exist.</summary>
    public FileStream? OpenRead(string name)
    {
        try
        {
            return new FileStream(
                PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The number of bytes that this process can still write to the folder's disk.</summary>
    public long AvailableBytes => new DriveInfo(_folder).AvailableFreeSpace;

    /// <summary>Whether a write failed because the disk or the quota is full.</summary>
    public static bool IsDiskFull(IOException exception)
    {
        const int NoSpace = 28, QuotaExceeded = 122; // ENOSPC and EDQUOT on Linux
        const int DiskFull = unchecked((int)0x80070070), HandleDiskFull = unchecked((int)0x80070027); // Windows
        return exception.HResult is NoSpace or QuotaExceeded or DiskFull or HandleDiskFull;
    }

    /// <summary>Whether the file exists.</summary>
    public bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>Deletes a file, if it exists.</summary>
    public void Delete(string name) => File.Delete(PathOf(name));

    /// <summary>
    /// The names of the files that were last written longer ago than <paramref name="age"/>, including unfinished ones. Their age is by the clock that gave them
    /// their time: that of the file system, which may be another machine's, and neither this process's nor the database's.
    /// </summary>
    public IEnumerable<string> OlderThan(TimeSpan age)
    {
        var before = ReadClock() - age;
        return new DirectoryInfo(_folder).EnumerateFiles()
            .Where(file => file.LastWriteTimeUtc < before)
            .Select(file => file.Name);
    }

    /// <summary>On a disk so full that no file can be made it is this machine's clock: what is deleted then makes space.</summary>
    private DateTime ReadClock()
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(_folder, $".clock-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 1, FileOptions.DeleteOnClose);
            return File.GetLastWriteTimeUtc(file.SafeFileHandle);
        }
        catch (IOException exception) when (IsDiskFull(exception))
        {
            return DateTime.UtcNow;
        }
    }

    private string PathOf(string name)
    {
        if (name.Length is 0 or > 200 || name[0] == '.' || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
        {
            throw new ArgumentException("A file name must consist of letters, digits, '-', '_' and '.', and must not start with '.'.", nameof(name));
        }

        return Path.Combine(_folder, name);
    }
}
