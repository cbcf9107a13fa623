using Messaging.Outbox.Store;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Stores;

public sealed class OutageLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _lines = [];
    private readonly OutageLog _log;

    public OutageLogTests() => _log = new OutageLog(_time, _lines.Add);

    [Fact]
    public void An_outage_is_one_line_a_minute()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _log.Report("The disk is full.");
        }

        Assert.Equal(["The disk is full."], _lines);

        _time.Advance(TimeSpan.FromMinutes(1));
        _log.Report("The disk is full.");
        _log.Report("The disk is full.");

        Assert.Equal(["The disk is full.", "The disk is full. (999 more since the last such line)"], _lines);
    }

    [Fact]
    public void Another_cause_and_another_outage_are_logged_at_once()
    {
        _log.Report("full");
        _log.Report("away");
        _time.Advance(TimeSpan.FromMinutes(1));
        _log.Report("full");

        Assert.Equal(["full", "away", "full"], _lines);
    }

    [Fact]
    public void Of_causes_that_all_differ_only_some_are_remembered()
    {
        for (var i = 0; i < 100; i++)
        {
            _log.Report($"{i}");
        }

        _log.Report("0");

        Assert.Equal(101, _lines.Count);
    }
}
