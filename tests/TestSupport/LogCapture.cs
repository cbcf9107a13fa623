using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Messaging.TestSupport;

/// <summary>Keeps what is logged.</summary>
public sealed class LogCapture : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Those that came with a line.</summary>
    public ConcurrentQueue<Exception> Exceptions { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <summary>What source-generated logging is asked for.</summary>
    public LogLevel Level { get; init; } = LogLevel.Warning;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Level;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _ = exception?.ToString(); // as a console does
        Lines.Enqueue(formatter(state, exception));
        if (exception is not null)
        {
            Exceptions.Enqueue(exception);
        }
    }

    public void Dispose()
    {
    }
}
