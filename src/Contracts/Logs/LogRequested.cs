using System.ComponentModel;

namespace Messaging.Contracts;

/// <summary>Requests an entry in the activity log. A worker appends entries in batches.</summary>
[TaskType]
public sealed record LogRequested
{
    /// <summary>The severity.</summary>
    public required LogSeverity Level { get; init; }

    /// <summary>What happened, 1 to 4,000 characters.</summary>
    public required string Message { get; init; }

    /// <summary>Additional properties by name; at most 32.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>When the request was accepted.</summary>
    public required DateTimeOffset LoggedAt { get; init; }

    /// <summary>
    /// Who wrote the entry. Only the service's own code sets another value than <see cref="LogSource.Caller"/>: a task enqueued
    /// by its type name over the API cannot.
    /// </summary>
    [ReadOnly(true)]
    public LogSource Source { get; init; } = LogSource.Caller;
}

/// <summary>The levels of the activity log, as <c>Microsoft.Extensions.Logging</c> names them.</summary>
public enum LogSeverity
{
    /// <summary>Every single step.</summary>
    Trace = 0,

    /// <summary>Details for debugging.</summary>
    Debug = 1,

    /// <summary>Normal operation.</summary>
    Information = 2,

    /// <summary>Unexpected, but handled.</summary>
    Warning = 3,

    /// <summary>An operation failed.</summary>
    Error = 4,

    /// <summary>The service cannot work.</summary>
    Critical = 5,
}
