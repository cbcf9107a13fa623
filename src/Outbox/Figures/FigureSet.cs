using Messaging.Outbox.Store;

namespace Messaging.Outbox.Figures;

/// <summary>The figures of all processes, from one snapshot of the store.</summary>
/// <param name="figures">The figures.</param>
/// <param name="now">The store's time.</param>
/// <param name="depths">The messages at the broker by queue; a queue whose depth is not known is left out.</param>
internal sealed class FigureSet(IReadOnlyList<Figure> figures, DateTimeOffset now, IReadOnlyDictionary<string, long> depths)
{
    public IReadOnlyDictionary<string, long> Depths => depths;

    /// <summary>Tasks that were accepted since the tables exist.</summary>
    public long? Accepted => Single(FigureSql.Accepted);

    /// <summary>Tasks that have ended since then, whether their rows are still there or not.</summary>
    public long Ended => TaskStates.Ended.Sum(Tasks);

    /// <summary>
    /// Accepted tasks that have neither ended nor are there: 0, unless work was lost (more) or is there without having been accepted
    /// (less).
    /// </summary>
    public long? Balance => Accepted - Ended - Open - Single(FigureSql.Off) - Explained;

    /// <summary>How late the schedule is that has been due for longest; zero if none is due.</summary>
    public TimeSpan? ScheduleLag => figures.Any(f => f.Name == FigureSql.ScheduleDue) ? Since(figures.First(f => f.Name == FigureSql.ScheduleDue).At) : null;

    /// <summary>The queues of which there are figures.</summary>
    public IEnumerable<string> Queues => figures.Where(f => f.Name == FigureSql.Paused).Select(f => f.Of!);

    /// <summary>The tasks in a state; those that have ended, whether their rows are still there or not.</summary>
    public long Tasks(TaskState state) => figures.FirstOrDefault(f => f.Name == FigureSql.Tasks && f.Of == $"{(int)state}")?.Amount ?? 0;

    /// <summary>An amount that is not of a queue.</summary>
    public long? Single(string name) => figures.FirstOrDefault(f => f.Name == name)?.Amount;

    /// <summary>The amounts by queue.</summary>
    public IEnumerable<(string? Queue, long Amount)> ByQueue(string name) => figures.Where(f => f.Name == name).Select(f => (f.Of, f.Amount ?? 0));

    /// <summary>The age of the oldest by queue; zero where there is none.</summary>
    public IEnumerable<(string? Queue, TimeSpan Age)> AgeByQueue(string name) => figures.Where(f => f.Name == name).Select(f => (f.Of, Since(f.At)));

    /// <summary>The messages that wait in each queue; without queues whose depth at the broker is not known.</summary>
    /// <param name="rowsAreInFlight">Whether a row of the outbox stays until its consumers are done, so that those in flight do not wait.</param>
    public IEnumerable<(string Queue, long Depth)> QueueDepths(bool rowsAreInFlight)
    {
        var inFlight = ByQueue(FigureSql.InFlight).ToDictionary(q => q.Queue!, q => q.Amount, StringComparer.Ordinal);
        return ByQueue(FigureSql.Due).Where(q => q.Queue is not null && depths.ContainsKey(q.Queue))
            .Select(q => (q.Queue!, depths[q.Queue!] + (rowsAreInFlight ? Math.Max(0, q.Amount - inFlight.GetValueOrDefault(q.Queue!)) : q.Amount)));
    }

    /// <summary>What operators have accepted as explained.</summary>
    private long Explained => figures.FirstOrDefault(f => f.Name == FigureSql.Tasks && f.Of == FigureSql.Explained)?.Amount ?? 0;

    private long Open => TaskStates.Open.Sum(Tasks);

    private TimeSpan Since(DateTimeOffset? at) => at is { } past && past < now ? now - past : TimeSpan.Zero;
}
