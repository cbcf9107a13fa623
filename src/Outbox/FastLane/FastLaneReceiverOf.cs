using System.Diagnostics;
using System.Threading.Channels;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Metadata;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.FastLane;

/// <summary>The direct receiver of one consumer: takes what may go past the pipeline, and consumes in groups what the gate lets through.</summary>
internal sealed partial class FastLaneReceiver<TConsumer, TMessage> : FastLaneReceiver
    where TConsumer : class, IConsumer<TMessage>
    where TMessage : class
{
    private static readonly ActivitySource Traces = new(DiagnosticHeaders.DefaultListenerName);
    private static readonly string MessageType = MessageUrn.ForTypeString<TMessage>();
    private static readonly string Consumer = TypeMetadataCache<TConsumer>.ShortName;

    private readonly Channel<FastLaneArrival<TMessage>> _arrivals = Channel.CreateUnbounded<FastLaneArrival<TMessage>>(); // the prefetch count bounds it
    private readonly FastLaneConsumer<TConsumer, TMessage> _consumer;
    private readonly QueueGate _gate;
    private readonly QuarantineGate _quarantine;
    private readonly GroupCommitter _committer;
    private readonly IOutboxStore _store;
    private readonly MessageSigner _signer;
    private readonly StoreClock _time;
    private readonly ILogger _logger;
    private readonly string _queue;
    private readonly int _maxGroup;
    private readonly Lazy<bool> _isAlone;
    private volatile bool _isDisabled;

    public FastLaneReceiver(
        Uri inputAddress,
        QueueGate gate,
        QuarantineGate quarantine,
        GroupCommitter committer,
        ConsumerRegistry consumers,
        IOutboxStore store,
        MessageSigner signer,
        IServiceScopeFactory scopes,
        IOptions<OutboxOptions> options,
        StoreClock time,
        ILogger<FastLaneReceiver> logger)
    {
        _consumer = new FastLaneConsumer<TConsumer, TMessage>(inputAddress, scopes, time);
        _gate = gate;
        _quarantine = quarantine;
        _committer = committer;
        _store = store;
        _signer = signer;
        _time = time;
        _logger = logger;
        _queue = ConsumerRegistry.QueueOf(inputAddress);
        _maxGroup = options.Value.MaxCommitGroup;
        _isAlone = new Lazy<bool>(() => consumers.CountOn(_queue) == 1);
        for (var i = 0; i < store.MaxConcurrentCommits; i++)
        {
            _ = Task.Run(ReceiveAsync);
        }
    }

    public override bool TryTake(OfferedDelivery offered)
    {
        if (_isDisabled
            || Traces.HasListeners() // who traces sees every message go through the pipeline
            || !_isAlone.Value
            || FastLaneHeaders.Read(offered.Headers) is not { } headers
            || FastLaneEnvelope<TMessage>.Read(offered.ContentType, offered.Body.Span, MessageType) is not { } envelope
            || (headers.TaskId is null && envelope.Headers?.ContainsKey(OutboxHeaders.TaskId) == true) // a body that came without its headers
            || (headers.TaskId is { } task && task != envelope.MessageId) // those of another message
            || !IsBelieved(offered, envelope.MessageId!.Value))
        {
            return false;
        }

        return _gate.TryArrive(DueSince.Of(envelope.SentTime, _time), out var place)
            && _arrivals.Writer.TryWrite(new FastLaneArrival<TMessage>(offered, envelope, headers, place));
    }

    /// <summary>What is refused is so by the pipeline, which says why.</summary>
    private bool IsBelieved(OfferedDelivery offered, Guid messageId) =>
        !_signer.IsOn || _signer.Check(offered, messageId, _queue) is null;

    /// <summary>Ends with the process: what is thrown here, by a fault of this code or of a transport, must not keep what comes from being consumed.</summary>
    private async Task ReceiveAsync()
    {
        var group = new List<FastLaneArrival<TMessage>>(_maxGroup);
        FastLaneArrival<TMessage>? next = null;
        while (next is not null || await _arrivals.Reader.WaitToReadAsync())
        {
            try
            {
                next = await FillAsync(group, next);
                if (group.Count > 0)
                {
                    await ConsumeAsync(group);
                }
            }
            catch (Exception exception)
            {
                LogFailed(group.Count, _queue, exception);
                next?.PassToPipeline();
                next = null;
                group.ForEach(arrival => arrival.PassToPipeline());
            }

            group.Clear();
        }
    }

    /// <summary>Gathers what is there and may go, and waits at the gate for the first only.</summary>
    /// <returns>What has to wait.</returns>
    private async Task<FastLaneArrival<TMessage>?> FillAsync(List<FastLaneArrival<TMessage>> group, FastLaneArrival<TMessage>? first)
    {
        while (group.Count < _maxGroup && (first is not null || _arrivals.Reader.TryRead(out first)))
        {
            var arrival = first;
            first = null;
            if (!_gate.TryEnter(arrival.Place))
            {
                if (group.Count > 0)
                {
                    return arrival;
                }

                if (!await _gate.WaitAsync(arrival.Place))
                {
                    arrival.Abandon();
                    continue;
                }
            }

            group.Add(arrival);
        }

        return null;
    }

    private async Task ConsumeAsync(List<FastLaneArrival<TMessage>> group)
    {
        using var turn = _quarantine.TryEnterBesideOthers();
        var done = new List<(FastLaneArrival<TMessage> Arrival, StagedWork Work)>(group.Count);
        var messages = new HashSet<Guid>(group.Count);
        foreach (var arrival in group)
        {
            if (turn is null || !messages.Add(arrival.MessageId)) // in one transaction a duplicate could not be told from its twin
            {
                arrival.PassToPipeline();
                continue;
            }

            var run = _consumer.Run(arrival);
            if (run.Work is { } work)
            {
                done.Add((arrival, work));
            }
            else
            {
                _ = PassToPipelineAsync(arrival, run);
            }
        }

        if (done.Count > 0)
        {
            await CommitAsync(done);
        }
    }

    private async Task CommitAsync(List<(FastLaneArrival<TMessage> Arrival, StagedWork Work)> group)
    {
        bool[] unique;
        try
        {
            unique = await _committer.CommitTogetherAsync([.. group.Select(g => g.Work)]);
        }
        catch (Exception exception)
        {
            LogNotCommitted(group.Count, _queue, FailureText.Of(exception));
            group.ForEach(g => g.Arrival.PassToPipeline());
            return;
        }

        var consumed = await FindConsumedAsync(group.Where((_, i) => !unique[i]).SelectMany(g => g.Work.InboxKeys));
        for (var i = 0; i < group.Count; i++)
        {
            if (!unique[i] && !group[i].Work.InboxKeys.TrueForAll(consumed.Contains))
            {
                group[i].Arrival.PassToPipeline(); // its task was cancelled: the pipeline puts it aside, for a retry
                continue;
            }

            if (!unique[i])
            {
                InboxLog.Duplicate(_logger, Consumer, group[i].Arrival.MessageId);
            }

            group[i].Arrival.Acknowledge();
        }
    }

    /// <summary>Of those that were left out. Where that cannot be said none is, and they go through the pipeline.</summary>
    private async Task<IReadOnlySet<InboxKey>> FindConsumedAsync(IEnumerable<InboxKey> leftOut)
    {
        var keys = leftOut.ToHashSet();
        try
        {
            using var deadline = new CancellationTokenSource(_committer.CommitTimeout);
            return keys.Count == 0 ? keys : (await _store.FindDoneAsync(keys, [], deadline.Token)).Consumed;
        }
        catch (Exception)
        {
            return new HashSet<InboxKey>();
        }
    }

    private async Task PassToPipelineAsync(FastLaneArrival<TMessage> arrival, FastLaneRun run)
    {
        if (run.NeedsPipeline && !_isDisabled)
        {
            _isDisabled = true;
            LogLeft(Consumer, _queue);
        }

        await run.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        arrival.PassToPipeline();
    }

    [LoggerMessage(LogLevel.Information, "{Consumer} does more than stage rows: what comes to {Queue} goes through MassTransit's pipeline from now on")]
    private partial void LogLeft(string consumer, string queue);

    [LoggerMessage(LogLevel.Error, "{Count} message(s) of {Queue} could not be consumed directly, and go through MassTransit's pipeline")]
    private partial void LogFailed(int count, string queue, Exception exception);

    [LoggerMessage(LogLevel.Information, "{Count} message(s) of {Queue} could not be committed together, and are tried one by one: {Error}")]
    private partial void LogNotCommitted(int count, string queue, string error);
}
