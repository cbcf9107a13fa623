using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;

namespace Messaging.Bench.Measures;

/// <summary>Everything that is measured, in the order of the report, with the goals that were set for it.</summary>
internal static class AllMeasures
{
    private static readonly Product Alone = new(works: false), Working = new(works: true);
    private static readonly BareApi Bare = new();
    private static readonly FastApi Background = new(celery: false), Celery = new(celery: true);
    private static readonly HangfireApi Hangfire = new(jobs: 1), HangfireChain = new(jobs: 3);
    private static readonly MassTransitOutbox Outbox = new();

    public static IReadOnlyList<IMeasure> List { get; } =
    [
        Requested(
            "register",
            "POST /register, 202 after a durable commit of the user and what is to be done",
            Requests.Register,
            system => system.CountRegistrations,
            (Bare: 1.3, Background: 3, Celery: 6, Hangfire: 3, Outbox: 3),
            HangfireChain),
        Requested(
            "log",
            "POST /log, 202 after a durable commit of what is to be done",
            Requests.Log,
            system => system.CountEntries,
            (Bare: 2.5, Background: 5, Celery: 15, Hangfire: 5, Outbox: 5)),
        new DispatchMeasure(),
        new ConsumeMeasure(),
        new LatencyMeasure(),
        new StatusMeasure(),
        new IdleMeasure(),
        new StandaloneMeasure(),
        new ScaleMeasure(),
        new GrowthMeasure(),
        new TelemetryMeasure(),
        new PayloadMeasure(),
    ];

    /// <param name="name">What it is called.</param>
    /// <param name="description">What is asked for.</param>
    /// <param name="request">The request.</param>
    /// <param name="stored">Counts what was stored for it.</param>
    /// <param name="times">So many times the others' requests this project has to answer by itself; six tenths of its own while it works as well.</param>
    /// <param name="more">Contenders besides those that are measured by every request.</param>
    private static RequestMeasure Requested(
        string name,
        string description,
        JsonPost request,
        Func<RunningSystem, Func<Task<long>>> stored,
        (double Bare, double Background, double Celery, double Hangfire, double Outbox) times,
        params IEnumerable<IHttpContender> more) =>
        new(
            name,
            description,
            request,
            stored,
            [Alone, Working, Bare, Background, Celery, Hangfire, .. more, Outbox],
            [
                new Goal(Alone.Name, Bare.Name, times.Bare),
                new Goal(Alone.Name, Background.Name, times.Background),
                new Goal(Alone.Name, Celery.Name, times.Celery),
                new Goal(Alone.Name, Hangfire.Name, times.Hangfire),
                new Goal(Alone.Name, Outbox.Name, times.Outbox),
                new Goal(Working.Name, Alone.Name, 0.6),
            ]);
}
