namespace Messaging.Standalone;

/// <summary>Makes sure that one process at a time uses a data folder. The operating system frees it when the process ends.</summary>
internal static class DataFolder
{
    /// <returns>What holds the folder, or null, with a message on the error output, when it cannot be used.</returns>
    public static IDisposable? TryOwn(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"The data folder {Path.GetFullPath(folder)} cannot be used; is another Standalone running on it? {exception.Message}");
            return null;
        }
    }
}
