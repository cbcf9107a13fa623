using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Limits what is logged about lost connections: each cause is logged at once in one line, and then once a minute with the number
/// of repetitions. Without it forty endpoints write forty stack traces at each connection attempt.
/// </summary>
internal sealed partial class ConnectionLogs : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Cause> _causes = new(StringComparer.Ordinal);
    private readonly ITimer _timer;

    public ConnectionLogs(TimeProvider time) => _timer = time.CreateTimer(_ => Summarize(), state: null, Interval, Interval);

    /// <summary>Logs the entry if it is about a connection; false if it is not.</summary>
    public bool TryLog(ILogger logger, LogLevel level, EventId eventId, string text, Exception? exception)
    {
        if (exception is null || !IsConnectionFailure(exception))
        {
            return false;
        }

        var root = Root(exception);
        var cause = $"{root.GetType().Name}: {root.Message}";
        if (_causes.TryAdd(Digits().Replace(cause, "#"), new Cause(logger, level, eventId, cause)))
        {
            Write(logger, level, eventId, $"{text} ({cause})");
        }
        else if (_causes.TryGetValue(Digits().Replace(cause, "#"), out var known))
        {
            known.Repeat();
        }

        return true;
    }

    public void Dispose()
    {
        _timer.Dispose();
        Summarize();
    }

    // A queue that cannot be declared fails at each connection attempt, by an exception of MassTransit or of the outbox.
    private static bool IsConnectionFailure(Exception exception) =>
        exception is ConnectionException or SocketException or EndOfStreamException or ConfigurationException or OutboxConfigurationException
        || exception.GetType().Namespace?.StartsWith("RabbitMQ.Client", StringComparison.Ordinal) == true
        || exception switch
        {
            AggregateException many => many.InnerExceptions.All(IsConnectionFailure),
            IOException { InnerException: { } inner } => IsConnectionFailure(inner),
            _ => false,
        };

    private static Exception Root(Exception exception) => exception switch
    {
        AggregateException many => Root(many.InnerExceptions[^1]),
        { InnerException: { } inner } => Root(inner),
        _ => exception,
    };

    private static void Write(ILogger logger, LogLevel level, EventId eventId, string line) => logger.Log(level, eventId, line, exception: null, (l, _) => l);

    private void Summarize()
    {
        foreach (var (key, cause) in _causes)
        {
            if (cause.Take() is var repeats and > 0)
            {
                Write(cause.Logger, cause.Level, cause.EventId, $"Repeated {repeats} times within a minute: {cause.Text}");
            }
            else
            {
                _causes.TryRemove(key, out _); // no repetition: the next occurrence is logged at once
            }
        }
    }

    // NonBacktracking: no match timeout is needed, at which logging would throw.
    [GeneratedRegex("[0-9a-f]*[0-9][0-9a-f]*", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Digits();

    private sealed class Cause(ILogger logger, LogLevel level, EventId eventId, string text)
    {
        private int _repeats;

        public ILogger Logger => logger;
        public LogLevel Level => level;
        public EventId EventId => eventId;
        public string Text => text;

        public void Repeat() => Interlocked.Increment(ref _repeats);

        public int Take() => Interlocked.Exchange(ref _repeats, 0);
    }
}
