using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Logs;

/// <summary>Limits of <c>POST /log</c>; section <c>Logs</c>.</summary>
internal sealed class LogIntakeOptions
{
    /// <summary>
    /// The maximum size of an entry's message and properties in bytes, as JSON in UTF-8, which is how they are stored for
    /// <c>Logs:Retention</c>. A larger entry is answered with 400. Default 16 KiB.
    /// </summary>
    [Range(256, 1_024 * 1_024)]
    public int MaxEntryBytes { get; set; } = 16 * 1_024;
}
