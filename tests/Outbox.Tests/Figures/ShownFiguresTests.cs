using Messaging.Outbox.Figures;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Figures;

public sealed class ShownFiguresTests
{
    private static readonly FigureSet Figures = new([], DateTimeOffset.UtcNow, new Dictionary<string, long>());

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, 15)]
    [InlineData(60, 180)]
    public void Figures_are_shown_until_they_are_too_old(int interval, int seconds)
    {
        var shown = new ShownFigures(new StoreClock(_time));
        shown.Show(Figures, TimeSpan.FromSeconds(interval));

        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Same(Figures, shown.Current);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(shown.Current);
    }

    [Fact]
    public void Another_reporter_s_figures_are_not_shown()
    {
        var shown = new ShownFigures(new StoreClock(_time));
        shown.Show(Figures, TimeSpan.FromSeconds(5));

        shown.Clear();

        Assert.Null(shown.Current);
    }
}
