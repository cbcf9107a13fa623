using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Limits of the API; section <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    public const long MinBodyMemoryBytes = 16 * 1_024 * 1_024;

    /// <summary>The maximum size of a request body, in bytes; larger bodies are answered with 413. Default 64 KiB.</summary>
    [Range(1_024, 16 * 1_024 * 1_024)]
    public int MaxBodyBytes { get; set; } = 64 * 1_024;

    /// <summary>
    /// The maximum that one request may store, in encoded bytes, of which a character may take six; more is answered with 413.
    /// Default 128 KiB.
    /// </summary>
    [Range(4_096, 64 * 1_024 * 1_024)]
    public int MaxStoredBytes { get; set; } = 128 * 1_024;

    /// <summary>
    /// The maximum total size of the request bodies in memory, in bytes, of which one caller may use a quarter; requests above it
    /// are answered with 503. Routes with a size limit of their own do not count, unless the request has an Idempotency-Key.
    /// Default: an eighth of the memory available to the process, at least 16 MiB and at most 1 GiB.
    /// </summary>
    [Range(MinBodyMemoryBytes, long.MaxValue)]
    public long? MaxBodyMemoryBytes { get; set; }

    /// <summary>
    /// The maximum number of open connections; further ones are closed at once. Default: three quarters of the file descriptors
    /// that the process does not need itself (<c>ulimit -n</c>), one for each 64 KiB of memory, at most 20,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? MaxConnections { get; set; }

    /// <summary>
    /// The maximum number of connections from one address, or from one /64 network for IPv6. It does not apply to
    /// <see cref="TrustedProxies"/>. Default: three quarters of all connections.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>The maximum time that a connection may take to send the headers of a request. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a connection stays open without a request. It must be longer than a load balancer keeps idle connections, which
    /// would otherwise use closed ones. Default 65 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(65);

    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-For</c> is trusted: addresses (<c>10.0.0.5</c>) or networks (<c>10.0.0.0/24</c>).
    /// Default none: the caller is the client of the connection, so all callers behind a proxy count as one.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Whether the trace that a request names (<c>traceparent</c>, <c>tracestate</c>, <c>baggage</c>) is continued for every caller; for a
    /// gateway that replaces what callers send. Default false: <c>traceparent</c> is continued for callers with an access key, and the
    /// others begin a trace of their own.
    /// </summary>
    public bool TrustIncomingTraces { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TrustedProxies
        .Where(proxy => Http.TrustedProxies.Parse(proxy) is null)
        .Select(proxy => new ValidationResult(
            $"Api:TrustedProxies: '{proxy}' must be an IP address or a network such as 10.0.0.0/24.", [nameof(TrustedProxies)]));
}
