using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Files;

/// <summary>Settings of what is stored as files; section <c>Files</c>.</summary>
public sealed class FilesOptions
{
    /// <summary>
    /// The folder, the same one for every API and worker process: a volume, or a network file system that shows a file to the others as soon
    /// as it is closed, and keeps locks. Default <c>data/files</c>.
    /// </summary>
    [Required]
    public string Folder { get; set; } = Path.Combine("data", "files");
}
