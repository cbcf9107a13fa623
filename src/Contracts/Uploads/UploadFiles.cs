namespace Messaging.Contracts;

/// <summary>
/// What the files of an upload are called. A thumbnail has an id of its own: each attempt writes another file, and the one that the row
/// names is the one that was finished.
/// </summary>
public static class UploadFiles
{
    /// <summary>The part of the shared folder.</summary>
    public const string Area = "uploads";

    private const int IdLength = 32;

    /// <summary>The file with what was uploaded.</summary>
    public static string Content(Guid upload) => $"{upload:N}";

    /// <summary>The file with a thumbnail of it.</summary>
    public static string Thumbnail(Guid upload, Guid thumbnail) => $"{upload:N}.{thumbnail:N}";

    /// <returns>Whose file it is, and which thumbnail if it is one; null for a file that was not made here.</returns>
    public static (Guid Upload, Guid? Thumbnail)? Parse(string name)
    {
        if (name.Length < IdLength || !Guid.TryParseExact(name[..IdLength], "N", out var upload))
        {
            return null;
        }

        return name.Length == IdLength ? (upload, null)
            : name[IdLength] == '.' && Guid.TryParseExact(name[(IdLength + 1)..], "N", out var thumbnail) ? (upload, thumbnail)
            : null;
    }
}

/// <summary>What has become of an upload; numbers as in the column <c>state</c>.</summary>
public enum UploadState
{
    /// <summary>It lies on the disk and waits to be processed.</summary>
    Received = 0,

    /// <summary>It was processed.</summary>
    Ready = 1,

    /// <summary>It does not count any more; its files are being deleted, and then its row.</summary>
    Deleting = 2,

    /// <summary>Its file has gone, by no doing of this service. Should the file come back, the next sweep notices.</summary>
    Lost = 3,
}
