using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Routes log entries about lost connections to <see cref="ConnectionLogs"/>, and all others to the inner factory.</summary>
internal sealed class ConnectionLoggerFactory(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    private readonly ConnectionLogs _logs = new(time);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) => StartFailure.IsReportedBy(categoryName)
        ? new StartFailureLogger(inner.CreateLogger(categoryName))
        : new ConnectionLogger(inner.CreateLogger(categoryName), _logs);

    public void Dispose()
    {
        _logs.Dispose();
        inner.Dispose();
    }

    /// <summary>Drops the entries about a failed start that <see cref="ServiceHost.RunAsync"/> reports in one line.</summary>
    private sealed class StartFailureLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is null || !StartFailure.IsStartFailure(logLevel, eventId) || StartFailure.LinesOf(exception).Count == 0)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }

    private sealed class ConnectionLogger(ILogger inner, ConnectionLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
            {
                return;
            }

            if (exception is null && ConnectionLogs.IsPoll(eventId) && logs.IsRepeatedPoll(inner, logLevel, eventId, formatter(state, exception)))
            {
                return;
            }

            if (exception is null || !logs.TryLog(inner, logLevel, eventId, formatter(state, exception), exception))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
