using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Messaging.ServiceDefaults.Files;

namespace Messaging.Standalone;

/// <summary>
/// The data folder of a standalone process. It holds mail addresses and reset links, so only the user who runs the process can
/// read it: the folder has mode 0700, each file in it 0600. Only one process at a time can use it; the operating system releases
/// it when the process ends.
/// </summary>
internal static partial class DataFolder
{
    private const string LockFile = "owner.lock";
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <returns>A handle that locks the folder; null, with a message on standard error, if the folder cannot be used.</returns>
    public static IDisposable? TryOwn(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else if (!TryRestrict(folder))
            {
                return null;
            }

            return new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"The data folder {Path.GetFullPath(folder)} cannot be used; is another Standalone running on it? {exception.Message}");
            return null;
        }
    }

    /// <summary>Whether a process owns the folder, so that it runs on it.</summary>
    public static bool IsOwned(string folder)
    {
        try
        {
            using var file = new FileStream(Path.Combine(folder, LockFile), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>
    /// Creates the folder, or restricts an existing one to its owner. Files that the process creates from now on are readable by
    /// its user only.
    /// </summary>
    /// <returns>False if the folder is accessible to others and holds other files: then its mode is not changed.</returns>
    [UnsupportedOSPlatform("windows")]
    private static bool TryRestrict(string folder)
    {
        _ = SetUmask(Convert.ToUInt32("077", 8)); // SQLite and the mail folder create their files themselves
        var directory = FileFolder.CreateOwnerOnly(folder);
        if ((directory.UnixFileMode & Others) == UnixFileMode.None)
        {
            return true;
        }

        if (!File.Exists(Path.Combine(folder, LockFile)) && directory.EnumerateFileSystemInfos().Any())
        {
            Console.Error.WriteLine(
                $"The data folder {directory.FullName} is accessible to other users and holds other files. "
                + "Set another folder by --Standalone:DataFolder, or restrict this one by chmod 700.");
            return false;
        }

        // Restricts the folder of an earlier version too, or one created by hand: first the folder, so that nobody reaches the
        // files below it, then the files. The operator's key keeps its mode: a key that others could read is refused later,
        // because restricting it does not make it secret again.
        directory.UnixFileMode = FileFolder.OwnerOnly;
        var entries = directory.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true });
        foreach (var entry in entries.Where(e => e.Name != StandaloneOptions.OperatorKeyFile))
        {
            entry.UnixFileMode &= ~Others;
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetUmask(uint mask);
}
