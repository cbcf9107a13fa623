using Messaging.Faults.Schedule;

namespace Messaging.Faults.Verdict;

/// <summary>What one fault cost: how long nothing was accepted, or done, and how much was printed about it.</summary>
/// <param name="Fault">Its begin.</param>
/// <param name="Lasted">Until it was healed.</param>
/// <param name="Accepted">The longest time without an accepted request.</param>
/// <param name="Effects">The longest time without a task that ends.</param>
/// <param name="SlowestAccept">The request that waited longest for its 202, from the fault until the next one.</param>
/// <param name="SlowestEffect">The one that waited longest for its end, from its 202 on.</param>
/// <param name="LogLines">What all processes printed, until the next fault or half a minute after this one.</param>
internal sealed record Pause(
    FaultEvent Fault, TimeSpan Lasted, TimeSpan Accepted, TimeSpan Effects, TimeSpan SlowestAccept, TimeSpan SlowestEffect, int LogLines)
{
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);

    /// <summary>The pauses of all faults, in their order.</summary>
    public static IReadOnlyList<Pause> Of(Evidence evidence)
    {
        var accepted = evidence.Requests.Select(r => r.AcceptedAt).OfType<DateTimeOffset>().Order().ToList();
        var ended = evidence.Database.Tasks.Values.Select(t => t.FinishedAt).OfType<DateTimeOffset>().Order().ToList();
        var begins = evidence.Faults.Where(f => f.Kind == FaultKind.Begin).ToList();
        return [.. begins.Select((begin, i) =>
        {
            var healed = evidence.Faults.FirstOrDefault(f => f.Kind == FaultKind.End && f.What == begin.What && f.At > begin.At)?.At ?? begin.At;
            var until = i + 1 < begins.Count ? begins[i + 1].At : healed + Aftermath;
            var requests = evidence.Requests.Where(r => r.SentAt >= begin.At && r.SentAt < until && r.AcceptedAt is not null).ToList();
            return new Pause(
                begin,
                healed - begin.At,
                LongestGap(accepted, begin.At, until),
                LongestGap(ended, begin.At, until),
                requests.Select(r => r.AcceptedAt!.Value - r.SentAt).DefaultIfEmpty().Max(),
                requests.Select(r => evidence.Database.Tasks.GetValueOrDefault(r.TaskId!.Value)?.FinishedAt - r.AcceptedAt!.Value ?? TimeSpan.Zero).DefaultIfEmpty().Max(),
                evidence.LogLines.Count(l => l >= begin.At && l < Min(until, healed + Aftermath)));
        })];
    }

    /// <summary>Between two neighbours, as far as it is between begin and end: the rest is another fault's.</summary>
    private static TimeSpan LongestGap(List<DateTimeOffset> times, DateTimeOffset begin, DateTimeOffset end) =>
        times.Zip(times.Skip(1)).Where(p => p.Second > begin && p.First < end).Select(p => Min(p.Second, end) - Max(p.First, begin)).DefaultIfEmpty().Max();

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
