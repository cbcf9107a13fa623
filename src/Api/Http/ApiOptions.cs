using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Http;

/// <summary>Limits of the API; section <c>Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>The largest request body, in bytes; a larger one is answered with 413. Default 64 KiB.</summary>
    [Range(1_024, 16 * 1_024 * 1_024)]
    public int MaxBodyBytes { get; set; } = 64 * 1_024;
}
