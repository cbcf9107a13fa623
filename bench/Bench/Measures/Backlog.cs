using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Measures;

/// <summary>Fills a queue with log entries, and watches them become rows.</summary>
internal static class Backlog
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Requests at least so many log entries.</summary>
    /// <returns>How many were accepted.</returns>
    public static async Task<long> FillAsync(long messages)
    {
        var load = new HttpLoad(BenchServers.HttpPort, connections: 64, Requests.Log.Next, expected: 202);
        var accepted = 0L;
        while (accepted < messages)
        {
            accepted += (await load.ClosedAsync(TimeSpan.FromSeconds(1))).Accepted;
        }

        return accepted;
    }

    /// <summary>Starts what consumes, and counts, after the first fifth, to the last row. The memory is the most that the process used that was started.</summary>
    public static async Task<(double PerSecond, double Mebibytes)> RowsAsync(
        RunningSystem system, string table, long expected, Func<Task<ChildProcess>> start, CancellationToken cancellationToken)
    {
        var mebibytes = 0.0;
        var starting = start();
        var rate = await Arrival.RateAsync(CountAsync, expected, Interval, cancellationToken);
        await starting;
        return (rate, mebibytes);

        Task<long> CountAsync()
        {
            mebibytes = starting.IsCompletedSuccessfully ? Math.Max(mebibytes, RunningSystem.ResidentMebibytes(starting.Result)) : mebibytes;
            return system.Database.CountAsync(table);
        }
    }
}
