namespace Messaging.Outbox.Overview;

/// <summary>How severe it is: as the severity of the alert in <c>deploy/prometheus/rules.yml</c>.</summary>
internal enum AttentionSeverity
{
    /// <summary>Accepted work is not done, or may be lost.</summary>
    Critical,

    /// <summary>Work goes on, and somebody should look.</summary>
    Warning,
}

/// <summary>What needs attention.</summary>
internal enum AttentionCode
{
    /// <summary>Accepted tasks are not the sum of those that have ended and those that have not.</summary>
    BalanceOff,

    /// <summary>This process does not reach the broker.</summary>
    BrokerUnavailable,

    /// <summary>No process dispatches.</summary>
    NoDispatcher,

    /// <summary>A queue has no worker.</summary>
    NoWorker,

    /// <summary>A message has been due for long.</summary>
    OldestDue,

    /// <summary>Storage runs short.</summary>
    StorageLow,

    /// <summary>There are new dead letters.</summary>
    DeadLetters,

    /// <summary>Many executions fail and are retried.</summary>
    RetryRate,

    /// <summary>A queue has been paused for long, and work waits in it.</summary>
    QueuePaused,

    /// <summary>A schedule has stopped, or is late.</summary>
    ScheduleError,

    /// <summary>Messages could not be sent.</summary>
    UndeliverableMessages,
}

/// <summary>Something that needs attention.</summary>
/// <param name="Severity">How severe it is.</param>
/// <param name="Code">What it is.</param>
/// <param name="Message">One sentence with figures, and what to do.</param>
/// <param name="Page">The page of the dashboard on which to do it.</param>
/// <param name="Target">The queue or schedule; null for none.</param>
internal sealed record Attention(AttentionSeverity Severity, AttentionCode Code, string Message, string Page, string? Target = null);
