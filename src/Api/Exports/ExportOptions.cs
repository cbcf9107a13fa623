using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Exports;

/// <summary>Settings of export downloads; section <c>Exports</c>.</summary>
internal sealed class ExportOptions
{
    /// <summary>How long a link is valid after it was returned. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);
}
