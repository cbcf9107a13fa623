using System.Net.Sockets;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Checks periodically that the broker confirms a message. The message has no body and is routed to no queue, so the broker drops
/// it. An open connection alone does not show that the broker works: a frozen node, or one with an alarm, keeps its connections.
/// </summary>
internal sealed partial class RabbitMqMonitor(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<RabbitMqMonitor> logger) : BackgroundService, IBrokerWatch
{
    private const string NoQueue = "messaging.monitor";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IntervalWithProblem = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromMinutes(1);

    private readonly RabbitMqChannels _channels = new(options, "monitor");
    private IChannel? _channel;
    private volatile string? _problem = "The broker has not been reached yet.";
    private long _since;
    private long _loggedAt;
    private bool _wasReached;

    /// <summary>The problem with the broker, for operators; null if there is none.</summary>
    public string? Problem => _problem;

    BrokerProblem? IBrokerWatch.Problem =>
        _problem is { } text ? new BrokerProblem(text, Volatile.Read(ref _since) is > 0 and var since ? time.GetElapsedTime(since) : TimeSpan.Zero) : null;

    public override void Dispose()
    {
        base.Dispose();
        _channels.DisposeAsync().AsTask().Wait(Deadline);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Volatile.Write(ref _since, time.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            var problem = await FindProblemAsync(stoppingToken);
            if (!stoppingToken.IsCancellationRequested)
            {
                Log(problem);
            }

            await Task.Delay(problem is null ? Interval : IntervalWithProblem, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A description for the log and for the public health check, without host and user name.</summary>
    private static string Describe(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner is AggregateException many ? many.InnerExceptions[^1] : inner.InnerException)
        {
            switch (inner)
            {
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return "The broker refuses RabbitMq:Username or RabbitMq:Password.";
                case OperationInterruptedException { ShutdownReason: { } reason }:
                    return $"The broker closed the connection ({reason.ReplyCode} {reason.ReplyText.Split(' ', 2)[0]}); see its log.";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return "The broker is unavailable: its host name cannot be resolved.";
                case SocketException { SocketErrorCode: var code }:
                    return $"The broker is unavailable: {code}.";
            }
        }

        return exception is OperationCanceledException or TimeoutException
            ? $"The broker did not answer within {Deadline.TotalSeconds} s: its node or the network hangs."
            : $"The broker is unavailable ({exception.GetBaseException().GetType().Name}).";
    }

    private async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                _channel = await _channels.OpenAsync(
                    new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), deadline.Token);
            }

            if (_channels.BlockedBecause is null)
            {
                await _channel.BasicPublishAsync("", NoQueue, mandatory: false, ReadOnlyMemory<byte>.Empty, deadline.Token).AsTask().WaitAsync(deadline.Token);
            }

            return Alarm();
        }
        catch (Exception exception)
        {
            var alarm = Alarm();
            if (alarm is null && _channel is { } broken)
            {
                _channel = null;
                _ = broken.DisposeAsync().AsTask().ContinueWith(_ => { }, TaskScheduler.Default); // closing may never complete on a hanging node
            }

            return alarm ?? Describe(exception);
        }
    }

    private string? Alarm() =>
        _channels.BlockedBecause is { } reason ? $"The broker has an alarm and takes no messages: {reason}." : null;

    /// <summary>Logs each change of the problem, and repeats a problem once a minute.</summary>
    private void Log(string? problem)
    {
        if (problem is null)
        {
            if (_problem is not null && _wasReached)
            {
                LogRecovered(time.GetElapsedTime(_since).TotalSeconds);
            }

            _wasReached = true;
        }
        else if (problem != _problem || time.GetElapsedTime(_loggedAt) >= RepeatInterval)
        {
            _loggedAt = time.GetTimestamp();
            Volatile.Write(ref _since, _problem is null ? _loggedAt : _since);
            LogProblem(problem, time.GetElapsedTime(_since).TotalSeconds);
        }

        _problem = problem;
    }

    [LoggerMessage(
        EventId = 1911, EventName = "BrokerDown", Level = LogLevel.Warning,
        Message = "{Problem} Accepted messages wait in the database ({Seconds:0} s so far); check the broker")]
    private partial void LogProblem(string problem, double seconds);

    [LoggerMessage(EventId = 1912, EventName = "BrokerUp", Level = LogLevel.Information, Message = "The broker confirms messages again, after {Seconds:0} s")]
    private partial void LogRecovered(double seconds);
}
