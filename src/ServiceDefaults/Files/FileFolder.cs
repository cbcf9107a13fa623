using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Files;

/// <summary>
/// A use case's part of the shared folder. A file is called after an id that the service made, never after what a client sent, and
/// is written once. What makes it count is a row in the database, committed when it lies on the disk; a file without a row is one
/// that was not finished, or is not needed any more, and a sweep deletes it.
/// </summary>
public sealed class FileFolder
{
    /// <summary>The mode of a folder that only its owner can open: 0700.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;

    /// <param name="options">Where the shared folder is.</param>
    /// <param name="area">The use case's part of it, such as <c>reports</c>; created when it is not there.</param>
    /// <remarks>
    /// A folder that is created can be opened by the process's own user only (mode 0700); one that is there keeps its mode, such as one for a
    /// group that API and workers share.
    /// </remarks>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public FileFolder(IOptions<FilesOptions> options, string area)
    {
        _folder = Path.GetFullPath(Path.Combine(options.Value.Folder, area));
        CreateClosed(_folder);
    }

    /// <summary>Creates a folder that only the process's own user can open, unless it is there.</summary>
    public static DirectoryInfo CreateClosed(string folder) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(folder)
        : Directory.CreateDirectory(folder, OwnerOnly);

    /// <summary>
    /// Writes a file; when this returns it outlives the process, and its content is synced to the disk. Whether a power failure can take its
    /// entry in the folder is up to the file system, as .NET cannot sync a folder; ext4 and XFS on Linux sync it with a new file. One that
    /// could not be written is deleted.
    /// </summary>
    /// <param name="name">Its name, which no other file has.</param>
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

    /// <summary>Opens a file to be read, or returns null when there is none.</summary>
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

    /// <summary>The bytes that this process may still write to the folder's disk.</summary>
    public long AvailableBytes => new DriveInfo(_folder).AvailableFreeSpace;

    /// <summary>Whether a write failed because the disk, or the quota on it, is full.</summary>
    public static bool IsDiskFull(IOException exception)
    {
        const int NoSpace = 28, QuotaExceeded = 122; // ENOSPC and EDQUOT on Linux
        const int DiskFull = unchecked((int)0x80070070), HandleDiskFull = unchecked((int)0x80070027); // Windows
        return exception.HResult is NoSpace or QuotaExceeded or DiskFull or HandleDiskFull;
    }

    /// <summary>Whether there is a file of that name.</summary>
    public bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>Deletes a file; there may be none.</summary>
    public void Delete(string name) => File.Delete(PathOf(name));

    /// <summary>The names of the files that were last written before a time, also of those that are not finished.</summary>
    public IEnumerable<string> WrittenBefore(DateTimeOffset time) => new DirectoryInfo(_folder).EnumerateFiles()
        .Where(file => file.LastWriteTimeUtc < time.UtcDateTime)
        .Select(file => file.Name);

    private string PathOf(string name)
    {
        if (name.Length is 0 or > 200 || name[0] == '.' || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
        {
            throw new ArgumentException("A file's name is made of letters, digits, '-', '_' and '.'.", nameof(name));
        }

        return Path.Combine(_folder, name);
    }
}
