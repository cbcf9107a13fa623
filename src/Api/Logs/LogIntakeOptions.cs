using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Logs;

/// <summary>What <c>POST /log</c> takes; section <c>Logs</c>.</summary>
internal sealed class LogIntakeOptions
{
    /// <summary>
    /// What message and properties of an entry may take, in bytes, as JSON in UTF-8: as they are stored for <c>Logs:Retention</c>. More is a 400.
    /// Default 16 KiB.
    /// </summary>
    [Range(256, 1_024 * 1_024)]
    public int MaxEntryBytes { get; set; } = 16 * 1_024;
}
