using System.Diagnostics;
using System.Globalization;

namespace Messaging.Bench.Load;

/// <summary>What a load was answered.</summary>
/// <param name="Accepted">Answers with the status that was expected.</param>
/// <param name="Refused">All others, broken connections included.</param>
/// <param name="FirstRefusal">The status of the first of those, 0 for a broken connection, and when it came; null when there was none.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Latencies">How long each accepted one took.</param>
internal sealed record LoadResult(long Accepted, long Refused, (int Status, TimeSpan After)? FirstRefusal, double Seconds, Latencies Latencies)
{
    public double PerSecond => Accepted / Seconds;

    /// <summary>How many were refused, and how the first one was.</summary>
    public string Refusals => FirstRefusal is { } first
        ? string.Create(CultureInfo.InvariantCulture, $"{Refused} refused (the first with {first.Status} after {first.After.TotalSeconds:0.0} s)")
        : "0 refused";
}

/// <summary>
/// Makes requests. Closed, each connection sends its next request when it has its answer: the most that a system takes. Open, requests are due
/// at fixed times whether or not the ones before were answered, and an answer's time counts from when its request was due.
/// </summary>
/// <param name="port">On loopback.</param>
/// <param name="connections">Requests that may be under way at once; in an open load one that finds none free waits, and that counts.</param>
/// <param name="request">Makes a new request.</param>
/// <param name="expected">The status of an answer that counts.</param>
internal sealed class HttpLoad(int port, int connections, Func<ReadOnlyMemory<byte>> request, int expected)
{
    public Task<LoadResult> ClosedAsync(TimeSpan duration) => RunAsync(duration, perSecond: null);

    public Task<LoadResult> OpenAsync(TimeSpan duration, double perSecond) => RunAsync(duration, perSecond);

    private async Task<LoadResult> RunAsync(TimeSpan duration, double? perSecond)
    {
        var (next, accepted, refused) = (-1L, 0L, 0L);
        (int, TimeSpan)? firstRefusal = null;
        var latencies = Enumerable.Range(0, connections).Select(_ => new Latencies()).ToList();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(latencies.Select(own => Task.Run(() => SendAsync(own))));
        return new LoadResult(accepted, refused, firstRefusal, Stopwatch.GetElapsedTime(began).TotalSeconds, Latencies.Merge(latencies));

        async Task SendAsync(Latencies own)
        {
            using var connection = new RawHttpConnection(port);
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                var from = Stopwatch.GetTimestamp();
                if (perSecond is { } rate)
                {
                    var due = began + (long)(Interlocked.Increment(ref next) / rate * Stopwatch.Frequency);
                    if (Stopwatch.GetElapsedTime(from, due) is { Ticks: > 0 } wait)
                    {
                        await Task.Delay(wait);
                        from = Stopwatch.GetTimestamp(); // that a timer is late is not the system's fault
                    }
                    else
                    {
                        from = due;
                    }
                }

                var status = await connection.SendAsync(request());
                if (status == expected)
                {
                    Interlocked.Increment(ref accepted);
                    own.Add(Stopwatch.GetElapsedTime(from));
                }
                else if (Interlocked.Increment(ref refused) == 1)
                {
                    firstRefusal = (status, Stopwatch.GetElapsedTime(began));
                }
            }
        }
    }
}
