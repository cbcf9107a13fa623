namespace Messaging.Outbox.Figures;

/// <summary>
/// The figures that the gauges show, no longer than the lease of the reporter lasts: so they are never shown by two processes, and
/// no value is better than an old one.
/// </summary>
internal sealed class ShownFigures(StoreClock time)
{
    private Shown? _shown;

    /// <summary>The newest figures; null if there are none.</summary>
    public FigureSet? Current => Volatile.Read(ref _shown) is { } shown && time.GetElapsedTime(shown.Since) <= shown.For ? shown.Figures : null;

    /// <summary>Shows figures from now on.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="since">The timestamp of the request for them.</param>
    /// <param name="lease">The time from then on for which this process is the reporter.</param>
    public void Show(FigureSet figures, long since, TimeSpan lease) => Volatile.Write(ref _shown, new Shown(figures, since, lease));

    /// <summary>Shows nothing more: another process is the reporter.</summary>
    public void Clear() => Volatile.Write(ref _shown, null);

    private sealed record Shown(FigureSet Figures, long Since, TimeSpan For);
}
