using System.Threading.Channels;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// The fast lane: consumes messages without the bus's pipeline, if they do not need it: first deliveries to a consumer that
/// only stages rows (<see cref="IStagingConsumer"/>). Messages in flight are executed one after the other and committed in one
/// transaction. Messages that would have to wait, or that fail, go through the pipeline, which implements retries, deferral,
/// faults and dead letters (docs/decisions/0022, 0039).
/// </summary>
internal sealed partial class FastLaneReceiver
{
    private readonly Channel<FastLaneExecution> _arrivals = Channel.CreateUnbounded<FastLaneExecution>(); // bounded by the prefetch count
    private readonly IFastLaneReader _reader;
    private readonly QueueGate _gate;
    private readonly QuarantineGate _quarantine;
    private readonly Lifecycle _lifecycle;
    private readonly MessageSigner _signer;
    private readonly StoreClock _time;
    private readonly ILogger _logger;
    private readonly string _queue;
    private readonly int _maxGroup;
    private readonly Lazy<bool> _isAlone;
    private volatile bool _isDisabled;

    public FastLaneReceiver(
        IFastLaneReader reader,
        QueueGate gate,
        QuarantineGate quarantine,
        Lifecycle lifecycle,
        ConsumerRegistry consumers,
        ICommitStore commits,
        MessageSigner signer,
        IOptions<OutboxOptions> options,
        StoreClock time,
        ILogger<FastLaneReceiver> logger)
    {
        _reader = reader;
        _gate = gate;
        _quarantine = quarantine;
        _lifecycle = lifecycle;
        _signer = signer;
        _time = time;
        _logger = logger;
        _queue = ConsumerRegistry.QueueOf(reader.InputAddress);
        _maxGroup = options.Value.MaxCommitGroup;
        _isAlone = new Lazy<bool>(() => consumers.CountOn(_queue) == 1);
        for (var i = 0; i < commits.MaxConcurrentCommits; i++)
        {
            _ = Task.Run(ReceiveAsync);
        }
    }

    /// <summary>The address of the queue.</summary>
    public Uri InputAddress => _reader.InputAddress;

    /// <summary>Takes a delivery, and answers it later. Thread-safe.</summary>
    /// <returns>False if the delivery needs the pipeline; then it is not answered here.</returns>
    public bool TryTake(OfferedDelivery offered)
    {
        if (_isDisabled
            || !_isAlone.Value
            || FastLaneHeaders.NeedPipeline(offered)
            || _reader.Read(offered) is not { } execution
            || (_signer.IsOn && _signer.Check(offered, _queue) is not null) // the pipeline refuses it, and reports why
            || _gate.Arrive(DueSince.Of(execution.SentTime, _time)) is not { } permit)
        {
            return false;
        }

        execution.Permit = permit;
        execution.OnExceeded = Disable;
        return _arrivals.Writer.TryWrite(execution);
    }

    /// <summary>
    /// Runs until the process ends. An exception here, caused by a bug of this code or of a transport, must not stop the
    /// consumption.
    /// </summary>
    private async Task ReceiveAsync()
    {
        var groups = new FastLaneGroups(_arrivals.Reader, _maxGroup);
        while (await groups.WaitAsync())
        {
            var group = await groups.NextAsync();
            try
            {
                await ExecuteAsync(group);
            }
            catch (Exception exception)
            {
                LogFailed(group.Count, _queue, exception);
                PassToPipeline(group);
            }
        }
    }

    private async Task ExecuteAsync(IReadOnlyList<FastLaneExecution> group)
    {
        using var turn = _quarantine.TryEnter();
        if (turn is null)
        {
            PassToPipeline(group);
        }
        else
        {
            await _lifecycle.RunAsync(group);
        }
    }

    private static void PassToPipeline(IReadOnlyList<FastLaneExecution> group)
    {
        foreach (var execution in group)
        {
            execution.LeaveLane();
        }
    }

    private void Disable()
    {
        if (!_isDisabled)
        {
            _isDisabled = true;
            LogDisabled(_reader.Consumer, _queue);
        }
    }

    [LoggerMessage(
        EventId = 1320, EventName = "FastLaneDisabled", Level = LogLevel.Information,
        Message = "{Consumer} does more than stage rows: messages of {Queue} go through the bus's pipeline from now on")]
    private partial void LogDisabled(string consumer, string queue);

    [LoggerMessage(
        EventId = 1321, EventName = "FastLaneFailed", Level = LogLevel.Error,
        Message = "{Count} message(s) of {Queue} could not be consumed in the fast lane, and go through the bus's pipeline; report this error")]
    private partial void LogFailed(int count, string queue, Exception exception);
}
