using System.Diagnostics;

namespace Messaging.Bench.Servers;

/// <summary>Watches how something becomes more.</summary>
internal static class Arrival
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Waits until so many have come, and says how many a second came after the first fifth: until then compilers are at work as well.
    /// </summary>
    /// <exception cref="TimeoutException">They had not come within ten minutes.</exception>
    public static async Task<double> RateAsync(Func<Task<long>> countAsync, long expected, TimeSpan interval, CancellationToken cancellationToken)
    {
        var (began, from, first) = (Stopwatch.GetTimestamp(), 0L, 0L);
        while (true)
        {
            var count = await countAsync();
            if (count > expected / 5 && first == 0)
            {
                (first, from) = (count, Stopwatch.GetTimestamp());
            }

            if (count >= expected)
            {
                return (count - first) / Stopwatch.GetElapsedTime(from).TotalSeconds;
            }

            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"Of {expected} {count} had come in {Patience.TotalMinutes:0} minutes.");
            }

            await Task.Delay(interval, cancellationToken);
        }
    }
}
