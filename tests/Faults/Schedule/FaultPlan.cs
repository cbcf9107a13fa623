namespace Messaging.Faults.Schedule;

/// <summary>A fault at its time.</summary>
internal sealed record PlannedFault(TimeSpan Offset, IFault Fault, TimeSpan Hold, int Seed);

/// <summary>The schedule of faults, which a seed decides.</summary>
internal static class FaultPlan
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(4);

    /// <summary>The last seconds of the load are without a new fault.</summary>
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(10);

    /// <summary>Draws faults until the time is over; each kind once before any comes a second time.</summary>
    public static IReadOnlyList<PlannedFault> Draw(IReadOnlyList<IFault> kinds, int seed, TimeSpan duration)
    {
        var random = new Random(seed);
        var plan = new List<PlannedFault>();
        var deck = new Queue<IFault>();
        for (var offset = First; kinds.Count > 0;)
        {
            if (deck.Count == 0)
            {
                var shuffled = kinds.ToArray();
                random.Shuffle(shuffled);
                deck = new Queue<IFault>(shuffled);
            }

            var fault = deck.Dequeue();
            var hold = TimeSpan.FromSeconds(random.Next(fault.Hold.Min, fault.Hold.Max + 1));
            if (offset + hold > duration - Tail)
            {
                return plan;
            }

            plan.Add(new PlannedFault(offset, fault, hold, random.Next()));

            // Now and then the next one comes before this one is over.
            offset += (hold * (0.7 + (random.NextDouble() * 0.4))) + TimeSpan.FromSeconds(1 + random.Next(5)) + fault.Calm;
        }

        return plan;
    }
}
