namespace Messaging.Outbox.Figures;

/// <summary>The figures that the gauges show: none if this process is not the reporter, or if they are too old.</summary>
internal sealed class ShownFigures(StoreClock time)
{
    /// <summary>Figures older than this, and than three intervals, are not shown: no value is better than a wrong one.</summary>
    private static readonly TimeSpan NewFor = TimeSpan.FromSeconds(15);

    private Shown? _shown;

    /// <summary>The newest figures; null if there are none.</summary>
    public FigureSet? Current => Volatile.Read(ref _shown) is { } shown && time.GetElapsedTime(shown.Since) <= shown.For ? shown.Figures : null;

    /// <summary>Shows figures from now on.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="interval">The time until the next ones.</param>
    public void Show(FigureSet figures, TimeSpan interval) =>
        Volatile.Write(ref _shown, new Shown(figures, time.GetTimestamp(), interval * 3 > NewFor ? interval * 3 : NewFor));

    /// <summary>Shows nothing more: another process is the reporter.</summary>
    public void Clear() => Volatile.Write(ref _shown, null);

    private sealed record Shown(FigureSet Figures, long Since, TimeSpan For);
}
