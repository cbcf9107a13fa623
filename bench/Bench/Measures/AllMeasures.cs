using Messaging.Bench.Contenders;
using Messaging.Bench.Results;

namespace Messaging.Bench.Measures;

/// <summary>Everything that is measured, in the order of the report, with the goals that were set for it.</summary>
internal static class AllMeasures
{
    private static readonly Product Alone = new(works: false), Working = new(works: true);
    private static readonly BareApi Bare = new();
    private static readonly FastApi Background = new(celery: false), Celery = new(celery: true);

    public static IReadOnlyList<IMeasure> List { get; } =
    [
        new RequestMeasure(
            "register",
            "POST /register, 202 after a durable commit of the user and what is to be done",
            Requests.Register,
            system => system.CountRegistrations,
            [Alone, Working, Bare, Background, Celery],
            [
                new Goal(Alone.Name, Bare.Name, 1.3), new Goal(Alone.Name, Background.Name, 3), new Goal(Alone.Name, Celery.Name, 6),
                new Goal(Working.Name, Alone.Name, 0.6),
            ]),
        new RequestMeasure(
            "log",
            "POST /log, 202 after a durable commit of what is to be done",
            Requests.Log,
            system => system.CountEntries,
            [Alone, Working, Bare, Background, Celery],
            [
                new Goal(Alone.Name, Bare.Name, 2.5), new Goal(Alone.Name, Background.Name, 5), new Goal(Alone.Name, Celery.Name, 15),
                new Goal(Working.Name, Alone.Name, 0.6),
            ]),
        new DispatchMeasure(),
        new ConsumeMeasure(),
        new LatencyMeasure(),
        new StatusMeasure(),
        new IdleMeasure(),
        new StandaloneMeasure(),
        new ScaleMeasure(),
        new GrowthMeasure(),
    ];
}
