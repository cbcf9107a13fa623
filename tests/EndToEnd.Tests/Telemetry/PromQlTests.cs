namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>Or a query could name anything.</summary>
public sealed class PromQlTests
{
    [Theory]
    [InlineData("max(abs(outbox_tasks_balance)) > 0", "outbox_tasks_balance")]
    [InlineData("sum by (queue, le) (rate(a_bucket{queue=~\"b.+\"}[5m]))", "a_bucket")]
    [InlineData("a / ignoring (b) group_left sum (rate(c{d=\"e\"}[$__rate_interval]))", "a c")]
    [InlineData("sum by (q) (increase(a[30m]) > 0 or (a unless b offset 30m)) > 1e9", "a b")]
    [InlineData("label_values(a, queue)", "a")]
    [InlineData("up{job=\"x\"} == 0 or absent(up) or 0 * y", "up y")]
    public void Metrics_of_a_query_are_its_names_without_functions_and_labels(string query, string expected) =>
        Assert.Equal(expected.Split(' '), PromQl.Metrics(query));
}
