using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Asks the broker again and again for what everything depends on: that it confirms a message. The message has no body, goes to no queue, and is
/// dropped. An open connection proves little: a node that is frozen, or has an alarm, has many.
/// </summary>
internal sealed partial class RabbitMqMonitor(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<RabbitMqMonitor> logger) : BackgroundService
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
    private long _told;
    private bool _wasReached;

    /// <summary>Why the broker cannot be worked with, for an operator; null when it can.</summary>
    public string? Problem => _problem;

    public override void Dispose()
    {
        base.Dispose();
        _channels.DisposeAsync().AsTask().Wait(Deadline);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _since = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var problem = await FindProblemAsync(stoppingToken);
            if (!stoppingToken.IsCancellationRequested)
            {
                Tell(problem);
            }

            await Task.Delay(problem is null ? Interval : IntervalWithProblem, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is wrong, for the log and for a health check that anybody may read: no host, no user.</summary>
    private static string Describe(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner is AggregateException many ? many.InnerExceptions[^1] : inner.InnerException)
        {
            switch (inner)
            {
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return "The broker refuses RabbitMq:Username or RabbitMq:Password.";
                case OperationInterruptedException { ShutdownReason: { } reason }:
                    return $"The broker has ended the connection ({reason.ReplyCode} {reason.ReplyText.Split(' ', 2)[0]}); its log says why.";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return "The broker cannot be reached: the name of its host cannot be resolved.";
                case SocketException { SocketErrorCode: var code }:
                    return $"The broker cannot be reached: {code}.";
            }
        }

        return exception is OperationCanceledException or TimeoutException
            ? $"The broker did not answer within {Deadline.TotalSeconds} s: its node hangs, or the network does."
            : $"The broker cannot be reached ({exception.GetBaseException().GetType().Name}).";
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
                _ = broken.DisposeAsync().AsTask().ContinueWith(_ => { }, TaskScheduler.Default); // which a node that hangs may never answer
            }

            return alarm ?? Describe(exception);
        }
    }

    private string? Alarm() =>
        _channels.BlockedBecause is { } reason ? $"The broker has an alarm and takes no messages: {reason}." : null;

    /// <summary>Logs each change, and once a minute that it is still so.</summary>
    private void Tell(string? problem)
    {
        if (problem is null)
        {
            if (_problem is not null && _wasReached)
            {
                LogMended(time.GetElapsedTime(_since).TotalSeconds);
            }

            _wasReached = true;
        }
        else if (problem != _problem || time.GetElapsedTime(_told) >= RepeatInterval)
        {
            _told = time.GetTimestamp();
            _since = _problem is null ? _told : _since;
            LogProblem(problem, time.GetElapsedTime(_since).TotalSeconds);
        }

        _problem = problem;
    }

    [LoggerMessage(LogLevel.Warning, "{Problem} What is accepted waits in the database ({Seconds:0} s so far)")]
    private partial void LogProblem(string problem, double seconds);

    [LoggerMessage(LogLevel.Information, "The broker confirms messages again, after {Seconds:0} s")]
    private partial void LogMended(double seconds);
}
