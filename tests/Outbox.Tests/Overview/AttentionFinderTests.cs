using Messaging.Outbox.Audit;
using Messaging.Outbox.Overview;
using Messaging.Outbox.Reasons;

namespace Messaging.Outbox.Tests.Overview;

/// <summary>What needs attention, and what does not.</summary>
public sealed class AttentionFinderTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 30, TimeSpan.Zero);

    private readonly List<MinuteCounts> _minutes = [];
    private TaskTotals _tasks = new(new Dictionary<TaskState, long>(), Accepted: 7, Balance: 0, IsKnown: true, AreCurrent: true);
    private AttentionFacts _facts = new([], [], 0, null, 0, []);
    private QueueFigures _queue = Queue(depth: 0);
    private bool _dispatches = true, _brokerIsUp = true;
    private string? _shortage, _brokerProblem;

    [Fact]
    public void Nothing_is_said_while_all_is_well() => Assert.Empty(Find());

    [Theory]
    [InlineData(1, "1 task is lost or counted twice. Keep the logs")]
    [InlineData(-2000, "2,000 tasks are lost or counted twice. Keep the logs")]
    public void A_balance_that_is_off_is_critical(long balance, string message)
    {
        _tasks = _tasks with { Balance = balance };

        var found = Assert.Single(Find());

        Assert.Equal((AttentionSeverity.Critical, AttentionCode.BalanceOff, "overview"), (found.Severity, found.Code, found.Page));
        Assert.StartsWith(message, found.Message, StringComparison.Ordinal);
        _tasks = _tasks with { IsKnown = false };
        Assert.Empty(Find());
    }

    [Fact]
    public void A_queue_with_messages_needs_a_worker()
    {
        _queue = Queue(depth: 41, workers: 0);

        Says(AttentionCode.NoWorker, "41 messages wait in mail, and no worker consumes it. Start a worker", "mail");
    }

    [Fact]
    public void Without_the_broker_the_outbox_shows_what_waits()
    {
        (_queue, _brokerIsUp) = (Queue(depth: null, workers: 0), false);
        _facts = _facts with { Due = [("mail", Now.AddSeconds(-5))] };

        var found = Find();

        Assert.Equal([AttentionCode.BrokerUnavailable, AttentionCode.NoWorker], found.Select(a => a.Code));
        Assert.StartsWith("host:1 gets no confirmation from the broker", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_is_down_is_said_with_its_reason()
    {
        (_brokerIsUp, _brokerProblem) = (false, "The broker is unavailable: ConnectionRefused.");

        Says(AttentionCode.BrokerUnavailable, "The broker is unavailable: ConnectionRefused. host:1 gets no confirmation from the broker: ", "host:1");
        Assert.EndsWith("until then. Start or mend the broker; the health check of this process names the reason.", Find()[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public void A_message_that_is_due_for_a_minute_is_too_old(int seconds, bool isFound)
    {
        _facts = _facts with { Due = [("mail", Now.AddSeconds(-seconds))] };

        Assert.Equal(isFound, Find().Any(a => a.Code == AttentionCode.OldestDue && a.Message.StartsWith($"A message for mail has been due for {Words.For(TimeSpan.FromSeconds(61))}. Look", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_paused_queue_is_said_after_an_hour_and_hides_its_age()
    {
        _facts = _facts with { Due = [("mail", Now.AddHours(-2))] };
        _queue = Queue(depth: 1, pausedAt: Now.AddMinutes(-59));
        Assert.Empty(Find());

        _queue = Queue(depth: 1, pausedAt: Now.AddHours(-2));

        Says(AttentionCode.QueuePaused, "mail has been paused for 2 h by ann, and 1 message waits. Resume it", "mail");
        _queue = Queue(depth: 0, pausedAt: Now.AddHours(-2));
        Assert.Empty(Find());
    }

    [Fact]
    public void Due_messages_need_a_dispatcher()
    {
        _dispatches = false;
        Assert.Empty(Find());

        _facts = _facts with { Due = [(null, Now.AddSeconds(-5))] };

        Says(AttentionCode.NoDispatcher, "Messages are due, the broker is up, and no process dispatches. Start a process with Outbox:Dispatch=true", target: null);
    }

    [Fact]
    public void New_dead_letters_are_said_by_queue()
    {
        _facts = _facts with { NewDeadLetters = [("log", 1), ("mail", 3)], DeadLetters = 10 };

        Assert.Equal(
            ["1 new dead letter of log in 15 minutes.", "3 new dead letters of mail in 15 minutes."],
            Find().Select(a => a.Message[..(a.Message.IndexOf('.', StringComparison.Ordinal) + 1)]));
    }

    [Theory]
    [InlineData(100, 81, false)]
    [InlineData(100, 70, true)]
    [InlineData(100, 130, false)] // several attempts of a redriven task
    [InlineData(0, 0, false)]
    public void Many_attempts_that_end_no_task_are_retries(long attempts, long ended, bool isFound)
    {
        _minutes.Add(new MinuteCounts(Now.AddMinutes(-3), "mail", 0, attempts, ended, 0, 0));
        _minutes.Add(new MinuteCounts(Now.AddMinutes(-30), "mail", 0, 1_000, 0, 0, 0));
        _minutes.Add(new MinuteCounts(Now.AddMinutes(-3), "log", 0, 1_000, 0, 0, 0));

        Assert.Equal(isFound, Find().Any(a => a is { Code: AttentionCode.RetryRate, Target: "mail" } && a.Message.StartsWith("30% of the executions of mail fail", StringComparison.Ordinal)));
    }

    [Fact]
    public void Attempts_that_are_running_are_no_retries()
    {
        _minutes.Add(new MinuteCounts(Now.AddMinutes(-3), "mail", 0, 10, 0, 0, 0));
        _queue = Queue(depth: 0, inFlight: 10);

        Assert.Empty(Find());
    }

    [Fact]
    public void A_schedule_that_stopped_or_is_late_is_said()
    {
        _facts = _facts with { Schedules = [("nightly", "The expression has no further time.", null), ("tick", null, Now.AddMinutes(-3))] };

        Assert.Equal(
            ["The schedule nightly has stopped: The expression has no further time. Replace it or resume it.", $"The schedule tick is late by 3 min. {AttentionWords.Of[AttentionCode.ScheduleError].Advice}"],
            Find().Select(a => a.Message));
    }

    [Fact]
    public void Short_storage_and_undelivered_messages_are_said_the_worst_first()
    {
        (_shortage, _facts) = ("The disk of the data has 5 MiB left.", _facts with { Undelivered = 2 });

        Assert.Equal(
            [(AttentionSeverity.Critical, AttentionCode.StorageLow), (AttentionSeverity.Warning, AttentionCode.UndeliverableMessages)],
            Find().Select(a => (a.Severity, a.Code)));
    }

    private void Says(AttentionCode code, string message, string? target)
    {
        var found = Assert.Single(Find());
        Assert.Equal((code, target), (found.Code, found.Target));
        Assert.StartsWith(message, found.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<Attention> Find()
    {
        var process = new ProcessRecord
        {
            Name = "host:1", Service = "s", Host = "host", ProcessId = 1, Version = "1", StartedAt = Now, SeenAt = Now, Dispatches = _dispatches, RunsSchedules = true,
        };
        var overview = new OverviewRecord(Now, _tasks, new RecentCounts(_minutes, [], [], Now), [_queue], [process], 0, null, [], []);
        return AttentionFinder.Find(overview, _facts, _brokerIsUp, _brokerProblem, "host:1", _shortage);
    }

    private static QueueFigures Queue(long? depth, int workers = 1, int inFlight = 0, DateTimeOffset? pausedAt = null) => new(
        new QueueRecord
        {
            Settings = new QueueSettings { Name = "mail", Paused = pausedAt is not null, Priority = QueuePriority.Normal },
            Depth = depth,
            InFlight = inFlight,
            Consumers = [.. Enumerable.Range(0, workers).Select(i => new QueueConsumer($"w:{i}", 10, 0, 0, 0, Now))],
        },
        new TaskRates(0, 0, 0, 0),
        [],
        pausedAt is { } at ? new AuditMark("ann", at) : null);
}
