using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Messaging.ServiceDefaults.Files;

namespace Messaging.Standalone;

/// <summary>
/// The folder of one standalone process. It holds addresses and reset links, so only the user who runs the process can read it: the folder
/// has mode 0700, and each file in it 0600. One process at a time uses it; the operating system frees it when the process ends.
/// </summary>
internal static partial class DataFolder
{
    private const string LockFile = "owner.lock";
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <returns>What holds the folder, or null, with a message on the error output, when it cannot be used.</returns>
    public static IDisposable? TryOwn(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else if (!TryClose(folder))
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

    /// <summary>Creates the folder, or closes one that others can open; what the process writes from now on is its user's alone.</summary>
    /// <returns>False for a folder that holds other things and is open to others: it is not ours to close.</returns>
    [UnsupportedOSPlatform("windows")]
    private static bool TryClose(string folder)
    {
        _ = SetUmask(Convert.ToUInt32("077", 8)); // SQLite and the mail folder create files by themselves
        var directory = FileFolder.CreateClosed(folder);
        if ((directory.UnixFileMode & Others) == UnixFileMode.None)
        {
            return true;
        }

        if (!File.Exists(Path.Combine(folder, LockFile)) && directory.EnumerateFileSystemInfos().Any())
        {
            Console.Error.WriteLine(
                $"The data folder {directory.FullName} can be opened by other users and holds other files. "
                + "Name a folder of its own with --Standalone:DataFolder, or close this one with chmod 700.");
            return false;
        }

        // Also one of an earlier version, or made by hand. Nobody can reach the files below it from then on; their own modes follow.
        // The key keeps its mode: one that others could read is refused, for closing it would not make it secret again.
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
