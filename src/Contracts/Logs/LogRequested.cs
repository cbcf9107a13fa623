using System.ComponentModel;

namespace Messaging.Contracts;

/// <summary>Something is to be appended to the activity log. A worker does so, in batches.</summary>
[TaskType]
public sealed record LogRequested
{
    /// <summary>How serious it is.</summary>
    public required LogSeverity Level { get; init; }

    /// <summary>What happened, 1 to 4,000 characters.</summary>
    public required string Message { get; init; }

    /// <summary>Further facts by name; at most 32.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>When the request was accepted.</summary>
    public required DateTimeOffset LoggedAt { get; init; }

    /// <summary>Who wrote it. Only the service's own code says otherwise than <see cref="LogSource.Caller"/>: who names a type over the API cannot.</summary>
    [ReadOnly(true)]
    public LogSource Source { get; init; } = LogSource.Caller;
}

/// <summary>The levels of the activity log, as <c>Microsoft.Extensions.Logging</c> names them.</summary>
public enum LogSeverity
{
    /// <summary>Every step.</summary>
    Trace = 0,

    /// <summary>For whoever looks for an error.</summary>
    Debug = 1,

    /// <summary>What happens normally.</summary>
    Information = 2,

    /// <summary>Unexpected, but handled.</summary>
    Warning = 3,

    /// <summary>Something failed.</summary>
    Error = 4,

    /// <summary>Nothing works.</summary>
    Critical = 5,
}
