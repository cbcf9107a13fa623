namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>The board can be read without its author. What its queries find, <see cref="SeenMetricsTests"/> checks.</summary>
public sealed class BoardTests
{
    private static readonly Board Board = Board.Read();

    [Fact]
    public void A_panel_has_unit_queries_and_words_that_say_what_to_do()
    {
        Assert.All(Board.Panels.Where(panel => panel.Type != "row"), panel =>
        {
            Assert.True(panel.Description.Length > 40 && panel.Description.EndsWith('.'), panel.Title);
            Assert.True(panel.Unit is { Length: > 0 } && panel.Queries.Count > 0, panel.Title);
        });
    }

    [Fact]
    public void Panels_have_ids_and_places_of_their_own()
    {
        Assert.Equal(Board.Panels.Count, Board.Panels.DistinctBy(panel => panel.Id).Count());
        Assert.All(Board.Panels, panel => Assert.InRange(panel.Place.Right, 1, 24));
        Assert.DoesNotContain(Board.Panels, panel => Board.Panels.Any(other => other.Id > panel.Id && panel.Overlaps(other)));
    }

    [Fact]
    public void Rows_are_overview_api_queues_outbox_and_servers() => Assert.Equal(
        ["Overview", "API", "Queues and workers", "Outbox", "Database and broker", "Processes"],
        Board.Panels.Where(panel => panel.Type == "row").Select(row => row.Title));

    [Fact]
    public void A_queue_can_be_chosen_for_its_panels()
    {
        Assert.Equal("queue", Assert.Single(Board.Variables).Name);
        Assert.True(Board.Panels.Count(panel => panel.Queries.Any(q => q.Query.Contains("queue=~\"$queue\"", StringComparison.Ordinal))) >= 10);
    }

    [Fact]
    public void Figures_of_all_processes_are_not_summed_over_instances() =>
        Assert.All(Board.Panels.SelectMany(panel => panel.Queries), q => Assert.DoesNotMatch(RulesTests.SummedGauge(), q.Query));
}
