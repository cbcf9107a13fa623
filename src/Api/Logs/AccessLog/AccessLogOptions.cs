using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>Which requests are logged, and what that may cost; section <c>AccessLog</c>.</summary>
internal sealed class AccessLogOptions
{
    /// <summary>Whether requests are logged. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The share of requests that are logged, chosen at random, 0 to 1. Default 1.</summary>
    [Range(0d, 1d)]
    public double SampleRatio { get; set; } = 1;

    /// <summary>
    /// Entries of one process a second, at most; what is over it is dropped and counted. An entry is a message, and is paid for by
    /// dispatcher, broker, worker and database as every other. Default 100.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxPerSecond { get; set; } = 100;

    /// <summary>Entries that may wait in memory to be handed on; further ones are dropped and counted. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int Capacity { get; set; } = 1_000;

    /// <summary>Whether an entry says from which IP address the request came. Default false: an address is personal data.</summary>
    public bool IncludeAddress { get; set; }
}
