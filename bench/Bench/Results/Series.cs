namespace Messaging.Bench.Results;

/// <summary>One round of one contender.</summary>
/// <param name="Value">In the unit of the measure.</param>
/// <param name="Details">Whatever else was seen: percentiles, memory.</param>
internal sealed record Sample(double Value, IReadOnlyDictionary<string, double> Details);

/// <summary>What has to hold of the ratio of two contenders.</summary>
/// <param name="Of">The contender that it is about.</param>
/// <param name="To">The contender that it is compared with.</param>
/// <param name="AtLeast">The ratio that has to be reached.</param>
internal sealed record Goal(string Of, string To, double AtLeast);

/// <summary>What has to hold of one contender's median by itself.</summary>
/// <param name="Of">The contender that it is about.</param>
/// <param name="Detail">The detail that it is about; null for the value.</param>
/// <param name="Bound">In the unit of that.</param>
/// <param name="IsLeast">Whether it is the least that has to be reached, or the most that may be.</param>
internal sealed record Limit(string Of, string? Detail, double Bound, bool IsLeast = false)
{
    public bool Holds(double value) => IsLeast ? value >= Bound : value <= Bound;
}

/// <summary>The rounds of one contender in one measure.</summary>
internal sealed class Series(string contender)
{
    public string Contender => contender;

    public List<Sample> Samples { get; } = [];

    public double Median => MedianOf(Samples.Select(s => s.Value));

    public double Min => Samples.Min(s => s.Value);

    public double Max => Samples.Max(s => s.Value);

    public IEnumerable<string> Details => Samples.SelectMany(s => s.Details.Keys).Distinct();

    public double MedianDetail(string name) => MedianOf(Samples.Where(s => s.Details.ContainsKey(name)).Select(s => s.Details[name]));

    /// <summary>
    /// The median of the ratios of samples that were taken next to each other, so that what slows the machine for a minute is in both. If one has more samples, the ratio of the medians.
    /// </summary>
    public double RatioTo(Series other) => Samples.Count == other.Samples.Count
        ? MedianOf(Samples.Zip(other.Samples, (sample, beside) => sample.Value / beside.Value))
        : Median / other.Median;

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

/// <summary>A measure's table.</summary>
internal sealed class Table(string name, string unit, IReadOnlyList<Goal> goals, params IReadOnlyList<Limit> limits)
{
    public string Name => name;

    public string Unit => unit;

    public List<Series> Series { get; } = [];

    /// <summary>Contenders that were left out, and why.</summary>
    public Dictionary<string, string> LeftOut { get; } = [];

    /// <summary>Counts that do not agree: such a figure is worth nothing.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>The goals of which both contenders were measured, with their ratio.</summary>
    public IEnumerable<(Goal Goal, double Ratio)> Reached =>
        from goal in goals
        let of = Series.Find(s => s.Contender == goal.Of)
        let to = Series.Find(s => s.Contender == goal.To)
        where of is { Samples.Count: > 0 } && to is { Samples.Count: > 0 }
        select (goal, of.RatioTo(to));

    /// <summary>The limits of which the contender was measured, with the median.</summary>
    public IEnumerable<(Limit Limit, double Value)> Kept =>
        from limit in limits
        let of = Series.Find(s => s.Contender == limit.Of)
        where of is { Samples.Count: > 0 }
        select (limit, limit.Detail is null ? of.Median : of.MedianDetail(limit.Detail));

    public void Add(string contender, Sample sample)
    {
        var series = Series.Find(s => s.Contender == contender);
        if (series is null)
        {
            Series.Add(series = new Series(contender));
        }

        series.Samples.Add(sample);
    }
}
