using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>Settings of the access log; section <c>AccessLog</c>.</summary>
internal sealed class AccessLogOptions
{
    /// <summary>Whether requests are logged. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The ratio of requests that are logged, chosen at random, 0 to 1. Default 1.</summary>
    [Range(0d, 1d)]
    public double SampleRatio { get; set; } = 1;

    /// <summary>
    /// The maximum number of entries per second and process; further ones are dropped and counted. Each entry is a message and
    /// costs as much as any other in dispatcher, broker, worker and database. Default 100.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxPerSecond { get; set; } = 100;

    /// <summary>
    /// The maximum number of entries that wait in memory to be enqueued; further ones are dropped and counted. Default 1,000.
    /// </summary>
    [Range(1, 100_000)]
    public int Capacity { get; set; } = 1_000;

    /// <summary>Whether entries contain the client's IP address, which is personal data. Default false.</summary>
    public bool IncludeAddress { get; set; }
}
