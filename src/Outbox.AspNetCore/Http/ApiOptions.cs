using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Limits of the API; section <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    public const long MinBodyMemoryBytes = 16 * 1_024 * 1_024;

    /// <summary>The largest request body, in bytes; a larger one is answered with 413. Default 64 KiB.</summary>
    [Range(1_024, 16 * 1_024 * 1_024)]
    public int MaxBodyBytes { get; set; } = 64 * 1_024;

    /// <summary>
    /// What one request may store, in bytes, as it is encoded: a character may take six. More is a 413. Default 128 KiB.
    /// </summary>
    [Range(4_096, 64 * 1_024 * 1_024)]
    public int MaxStoredBytes { get; set; } = 128 * 1_024;

    /// <summary>
    /// The bytes of all request bodies in memory at once, of which one caller has a quarter; what is over is answered with 503. Default: an eighth of the memory that the process
    /// may use, at least 16 MiB and at most 1 GiB.
    /// </summary>
    [Range(MinBodyMemoryBytes, long.MaxValue)]
    public long? MaxBodyMemoryBytes { get; set; }

    /// <summary>
    /// The connections that are open at once; one more is closed at once. Default: three quarters of the file descriptors that the process
    /// does not need for itself (<c>ulimit -n</c>), one for each 64 KiB of memory, at most 20,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? MaxConnections { get; set; }

    /// <summary>
    /// Those of them from one address; of IPv6 from one network of 64 bits. <see cref="TrustedProxies"/> have no such limit. Default three quarters.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>How long a connection may take to send the headers of a request. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection stays open without a request. Longer than a load balancer keeps it, or that meets closed ones. Default 65 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(65);

    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-For</c> is believed: addresses (<c>10.0.0.5</c>) or networks (<c>10.0.0.0/24</c>). Default none: the
    /// caller is who opened the connection, and behind a proxy all callers are one.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TrustedProxies
        .Where(proxy => Http.TrustedProxies.Parse(proxy) is null)
        .Select(proxy => new ValidationResult(
            $"Api:TrustedProxies: '{proxy}' is neither an IP address nor a network such as 10.0.0.0/24.", [nameof(TrustedProxies)]));
}
