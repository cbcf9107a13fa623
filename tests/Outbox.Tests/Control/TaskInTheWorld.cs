using System.Collections.Concurrent;
using Messaging.Outbox.Control;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Execution;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Control;

/// <summary>What may happen to a task.</summary>
public enum Step
{
    /// <summary>A dispatcher sends what is due.</summary>
    Dispatch,

    /// <summary>A worker begins a delivery, after a look whether it is done with.</summary>
    Take,

    /// <summary>What is in flight is consumed and acknowledged.</summary>
    Succeed,

    /// <summary>What is in flight fails and is deferred.</summary>
    PutOff,

    /// <summary>What is in flight fails for the last time.</summary>
    GiveUp,

    /// <summary>A worker dies before its commit: the delivery comes again.</summary>
    DieBeforeCommit,

    /// <summary>A worker dies between its commit and its acknowledgement: the delivery comes again.</summary>
    DieAfterCommit,

    /// <summary>The broker delivers a message twice.</summary>
    Duplicate,

    /// <summary>The attempt is shown as running.</summary>
    Show,

    /// <summary>Somebody cancels the task.</summary>
    Cancel,

    /// <summary>Somebody wants it retried now.</summary>
    Retry,
}

/// <summary>A task on a real store, with a broker that is a bag of deliveries.</summary>
internal sealed class TaskInTheWorld : IAsyncDisposable
{
    private static readonly Guid[] Consumers = [Guid.NewGuid(), Guid.NewGuid()];

    private readonly StoreUnderTest _underTest;
    private readonly GroupCommitter _committer;
    private readonly ConcurrentBag<Sent> _broker = [];
    private readonly ConcurrentBag<Sent> _inHand = [];
    private readonly Guid _id = Guid.CreateVersion7();
    private readonly ExpectedConsumers? _expected;
    private readonly int _consumers;

    private TaskInTheWorld(StoreUnderTest underTest, int consumers)
    {
        _underTest = underTest;
        _consumers = consumers;
        _expected = ExpectedConsumers.Of(Enumerable.Range(0, consumers).ToDictionary(QueueOf, _ => 1));
        var options = Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(20) });
        _committer = new GroupCommitter(underTest.Store.Commits, underTest.Store.Health, new OutboxSignal(), new OutboxMetrics(meters: null), options, NullLogger<GroupCommitter>.Instance);
    }

    private StoreSeams Store => _underTest.Store;

    /// <param name="underTest">The store.</param>
    /// <param name="consumers">How many take the message, each on a queue of its own.</param>
    public static async Task<TaskInTheWorld> CreateAsync(StoreUnderTest underTest, int consumers)
    {
        var world = new TaskInTheWorld(underTest, consumers);
        await world._committer.CommitAsync(Work.With(world.Message(Sent.First) with { TaskKind = "T" }), default);
        return world;
    }

    public async Task DoAsync(Step step)
    {
        switch (step)
        {
            case Step.Dispatch:
                await DispatchAsync();
                break;
            case Step.Cancel:
                await ControlAsync(control => control.CancelAsync(_id, "somebody"));
                break;
            case Step.Retry:
                await ControlAsync(control => control.RetryAsync(_id, "somebody"));
                break;
            case Step.Take:
                await TakeAsync();
                break;
            default:
                if (_inHand.TryTake(out var delivery))
                {
                    await EndAsync(delivery, step);
                }

                break;
        }
    }

    /// <summary>Every delivery succeeds from now on, unless it is done with; what waits is due now.</summary>
    public async Task DrainAsync()
    {
        await ControlAsync(control => control.RetryAsync(_id, "somebody"));
        do
        {
            while (!_inHand.IsEmpty || !_broker.IsEmpty)
            {
                await DoAsync(Step.Succeed);
                await DoAsync(Step.Take);
            }

            await _underTest.ExecuteAsync(_underTest is SqliteUnderTest ? "UPDATE outbox SET due_at = 0 WHERE waiting <> 2" : "UPDATE outbox SET due_at = now() WHERE waiting <> 2");
            await DispatchAsync();
        }
        while (!_broker.IsEmpty);
    }

    public async Task<(TaskState State, long Effects, long Dead, long Rows)> LookAsync() => (
        (await Store.Queries.QueryAsync("SELECT state FROM messaging.tasks WHERE id = $1", [_id], r => (TaskState)r.GetInt16(0), default))[0],
        await _underTest.CountAsync("things", $"name LIKE '{_id}%'"),
        (await Store.Queries.QueryAsync("SELECT 1 FROM messaging.dead_letters WHERE task_id = $1 AND state = 0", [_id], _ => 1, default)).Count,
        await _underTest.CountAsync("outbox", "waiting <> 2"));

    public ValueTask DisposeAsync() => _committer.DisposeAsync();

    private async Task DispatchAsync()
    {
        await using var claim = await Store.Outbox.ClaimAsync(100, null, default);
        foreach (var message in claim.Messages)
        {
            var sent = Sent.Parse(message.ContentType);
            foreach (var consumer in sent.Consumer is { } one ? [one] : Enumerable.Range(0, _consumers))
            {
                _broker.Add(sent with { Consumer = consumer });
            }
        }

        await claim.CompleteAsync([], [], default);
    }

    private async Task TakeAsync()
    {
        if (_broker.TryTake(out var delivery))
        {
            var done = await Store.Inbox.FindDoneAsync([KeyOf(delivery)], [_id], default);
            if (done.Consumed.Count == 0 && done.Cancelled.Count == 0)
            {
                _inHand.Add(delivery);
            }
            else if (done.Consumed.Count == 0)
            {
                await PutAsideAsync(delivery);
            }
        }
    }

    private async Task EndAsync(Sent delivery, Step step)
    {
        switch (step)
        {
            case Step.DieBeforeCommit:
                _broker.Add(delivery);
                break;
            case Step.Duplicate:
                _broker.Add(delivery);
                _inHand.Add(delivery);
                break;
            case Step.Show:
                await Store.Running.MarkRunningAsync([new RunningTask(_id, delivery.Redrives + delivery.Redeliveries + 1, DateTimeOffset.UtcNow)], "w", default);
                _inHand.Add(delivery);
                break;
            case Step.PutOff:
                await CommitAsync(PutOff(delivery), delivery);
                break;
            case Step.GiveUp:
                await CommitAsync(GiveUp(delivery), delivery);
                break;
            default:
                await CommitAsync(Success(delivery), delivery);
                if (step == Step.DieAfterCommit)
                {
                    _broker.Add(delivery);
                }

                break;
        }
    }

    private async Task CommitAsync(StagedWork work, Sent delivery)
    {
        if (!await _committer.CommitAsync(work, default) && (await Store.Inbox.FindDoneAsync(work.InboxKeys, [], default)).Consumed.Count == 0)
        {
            await PutAsideAsync(delivery);
        }
    }

    /// <summary>If the task is cancelled its message is kept, for a retry.</summary>
    private async Task PutAsideAsync(Sent delivery)
    {
        var message = Message(delivery with { Redrives = delivery.Redrives + 1, Redeliveries = 0 });
        var work = Work.With(new InboxKey(_id, DerivedId.Of($"cancelled {delivery}")));
        work.Commands.Add(CancelledMessages.Insert(
            Store.Dialect, _id, _id, $"{message.Destination}-{delivery.Consumer}", message.ContentType, message.Content.Value.Metadata, message.Content.Value.Body, "q", QueuePriority.Normal, DateTimeOffset.UtcNow));
        await _committer.CommitAsync(work, default);
    }

    private StagedWork Success(Sent delivery)
    {
        var work = Work.With(KeyOf(delivery)).Insert($"{_id} {Guid.NewGuid()}");
        work.Outcomes.Add(Outcome(delivery, TaskState.Succeeded));
        return work;
    }

    private TaskOutcome Outcome(Sent delivery, TaskState state) => new(_id, state, 1, DateTimeOffset.UtcNow)
    {
        Share = _expected is null ? null : new TaskShare(KeyOf(delivery).ConsumerId, QueueOf(delivery.Consumer!.Value), _expected),
    };

    private InboxKey KeyOf(Sent delivery) => new(_id, Consumers[delivery.Consumer!.Value]);

    private static string QueueOf(int consumer) => $"q{consumer}";

    private StagedWork PutOff(Sent delivery)
    {
        var work = Work.With(new InboxKey(_id, DerivedId.Of($"put-off {delivery}")));
        work.Add(Message(delivery with { Redeliveries = delivery.Redeliveries + 1 }) with { Delay = TimeSpan.FromHours(1) });
        work.Outcomes.Add(Outcome(delivery, TaskState.Retrying) with { RetryDelay = TimeSpan.FromHours(1) });
        return work;
    }

    private StagedWork GiveUp(Sent delivery)
    {
        var work = Work.With(new InboxKey(_id, DerivedId.Of($"given-up {delivery.Consumer} {delivery.Redrives}")));
        var again = Message(delivery with { Redrives = delivery.Redrives + 1, Redeliveries = 0 });
        work.DeadLetters.Add(new DeadLetter
        {
            Id = Guid.CreateVersion7(),
            MessageId = _id,
            TaskId = _id,
            Queue = QueueOf(delivery.Consumer!.Value),
            Reason = DeadLetterReason.Failed,
            Headers = "{}",
            Destination = again.Destination,
            ContentType = again.ContentType,
            Metadata = again.Content.Value.Metadata,
            Body = again.Content.Value.Body,
            DeadAt = DateTimeOffset.UtcNow,
        });
        work.Outcomes.Add(Outcome(delivery, TaskState.Failed));
        return work;
    }

    private async Task ControlAsync(Func<TaskControl, Task<ControlOutcome>> order)
    {
        await using var unit = new UnitOfWork(_committer, Store.Commits, Store.Dialect, NullLogger<UnitOfWork>.Instance);
        var failures = new DeadLetterControl(unit, Store.Dialect, Store.Queries, new EditedBodies(new MessageTypes([], [])), Options.Create(new OutboxOptions()), TimeProvider.System);
        await order(new TaskControl(unit, Store.Dialect, failures, runAgain: null!, TimeProvider.System));
        await unit.CommitAsync();
    }

    private StagedMessage Message(Sent sent) => Work.Message() with { MessageId = _id, ContentType = sent.ToString() };

    /// <summary>What a delivery says of its life; carried in a column that the store does not look at.</summary>
    /// <param name="Redrives">How often it was redriven.</param>
    /// <param name="Redeliveries">How often it was deferred since.</param>
    /// <param name="Consumer">Whose queue it came to; null while it is addressed to all.</param>
    private sealed record Sent(int Redrives, int Redeliveries, int? Consumer)
    {
        public static Sent First { get; } = new(0, 0, Consumer: null);

        public static Sent Parse(string text) => text.Split(' ').Select(Number).ToArray() is [{ } redrives, { } redeliveries, var consumer]
            ? new Sent(redrives, redeliveries, consumer)
            : First;

        public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Redrives} {Redeliveries} {Consumer}");

        private static int? Number(string text) => int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
