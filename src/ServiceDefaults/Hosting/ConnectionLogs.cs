using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Limits what is logged about lost connections: each cause is logged at once in one line, and then once a minute with the number
/// of repetitions. Without it forty endpoints write forty stack traces at each connection attempt, and each background job a line at each of its polls.
/// </summary>
internal sealed partial class ConnectionLogs : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // The background jobs that try again by themselves: runbook.md, "The database does not answer".
    private static readonly HashSet<int> Polls = [1110, 1203, 1400, 1503, 1504, 1601, 1611, 1621, 1630, 1640, 1653, 1720, 1723, 1724, 1725];

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
        if (!IsRepeated(cause, new Cause(logger, level, eventId, cause)))
        {
            Write(logger, level, eventId, $"{text} ({cause})");
        }

        return true;
    }

    /// <summary>Whether the entry is one of a background job that tries again by itself.</summary>
    public static bool IsPoll(EventId eventId) => Polls.Contains(eventId.Id);

    /// <summary>Whether the background job has said the same within the minute; then it is only counted.</summary>
    public bool IsRepeatedPoll(ILogger logger, LogLevel level, EventId eventId, string text) =>
        IsRepeated($"{eventId.Id} {text}", new Cause(logger, level, eventId, text));

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

    private bool IsRepeated(string text, Cause cause)
    {
        var key = Digits().Replace(text, "#");
        if (_causes.TryAdd(key, cause))
        {
            return false;
        }

        if (_causes.TryGetValue(key, out var known))
        {
            known.Repeat();
        }

        return true;
    }

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
