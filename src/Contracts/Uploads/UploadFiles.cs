namespace Messaging.Contracts;

/// <summary>
/// The file names of uploads. Each attempt writes a thumbnail with an id of its own; the row names the thumbnail of the attempt
/// that was committed.
/// </summary>
public static class UploadFiles
{
    /// <summary>The subfolder of the shared folder.</summary>
    public const string Area = "uploads";

    private const int IdLength = 32;

    /// <summary>The file that holds the uploaded content.</summary>
    public static string Content(Guid upload) => $"{upload:N}";

    /// <summary>The file of a thumbnail.</summary>
    public static string Thumbnail(Guid upload, Guid thumbnail) => $"{upload:N}.{thumbnail:N}";

    /// <returns>
    /// The upload that a file belongs to, and the thumbnail's id if it is a thumbnail; null for a file name of another form.
    /// </returns>
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

/// <summary>The state of an upload; the numbers are those in the column <c>state</c>.</summary>
public enum UploadState
{
    /// <summary>Stored, and not processed yet.</summary>
    Received = 0,

    /// <summary>Processed.</summary>
    Ready = 1,

    /// <summary>Being deleted: first its files, then its row. It no longer counts.</summary>
    Deleting = 2,

    /// <summary>
    /// Its file is missing, and this service did not delete it. If the file comes back, the next sweep restores the state.
    /// </summary>
    Lost = 3,
}
