using Messaging.Outbox.Figures;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Figures;

public sealed class ShownFiguresTests
{
    private static readonly FigureSet Figures = new([], DateTimeOffset.UtcNow, new Dictionary<string, long>());

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Figures_are_shown_as_long_as_the_lease_lasts()
    {
        var shown = new ShownFigures(new StoreClock(_time));
        var asked = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(10)); // the answer takes its time
        shown.Show(Figures, asked, TimeSpan.FromSeconds(15));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Same(Figures, shown.Current);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(shown.Current);
    }

    [Fact]
    public void Another_reporter_s_figures_are_not_shown()
    {
        var shown = new ShownFigures(new StoreClock(_time));
        shown.Show(Figures, _time.GetTimestamp(), TimeSpan.FromSeconds(15));

        shown.Clear();

        Assert.Null(shown.Current);
    }
}
