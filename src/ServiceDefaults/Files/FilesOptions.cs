using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Files;

/// <summary>Settings of the shared files; section <c>Files</c>.</summary>
public sealed class FilesOptions
{
    /// <summary>
    /// The folder, shared by all API and worker processes: a volume, or a network file system that supports locks and shows a
    /// file to other machines as soon as it is closed. Default <c>data/files</c>.
    /// </summary>
    [Required]
    public string Folder { get; set; } = Path.Combine("data", "files");
}
