namespace Messaging.Bench.Load;

/// <summary>Times, of which percentiles are asked afterwards. Not for several threads at once.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = new(4_096);

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    /// <summary>The time, in milliseconds, that so many percent did not exceed; 0 for none.</summary>
    public double Percentile(double percent) => _milliseconds.Count == 0
        ? 0
        : _milliseconds.Order().ElementAt(Math.Min(_milliseconds.Count - 1, (int)(_milliseconds.Count * percent / 100)));

    public static Latencies Merge(IEnumerable<Latencies> parts)
    {
        var all = new Latencies();
        foreach (var part in parts)
        {
            all._milliseconds.AddRange(part._milliseconds);
        }

        return all;
    }
}
