using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>The alert rules say what is wrong and where to read on, and promtool has seen each of them fire and clear.</summary>
public sealed partial class RulesTests
{
    private static readonly string[] Severities = ["warning", "critical"];

    public static TheoryData<string> Alerts => [.. AlertRule.All.Select(rule => rule.Alert)];

    [Fact]
    public async Task Promtool_takes_the_rules_and_their_tests_pass()
    {
        var (checkedCode, checkedOutput) = await Deployed.Tools.RunAsync("promtool", "check", "rules", Deployed.RulesPath);
        var (testedCode, testedOutput) = await Deployed.Tools.RunAsync("promtool", "test", "rules", Deployed.RuleTestsPath);

        Assert.True(checkedCode == 0, checkedOutput);
        Assert.Contains($"SUCCESS: {AlertRule.All.Count} rules found", checkedOutput, StringComparison.Ordinal);
        Assert.True(testedCode == 0, testedOutput);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_is_tested_while_quiet_firing_and_cleared(string alert)
    {
        var tests = AlertRule.Read<RuleTestFile>(Deployed.RuleTestsPath).Tests.Where(test => test.PromqlExprTest.Any(expected => Fires(alert, expected))).ToList();

        Assert.NotEmpty(tests);
        Assert.All(tests, test =>
        {
            var fires = test.PromqlExprTest.Where(expected => Fires(alert, expected)).Select(expected => expected.ExpSamples.Count).ToList();
            Assert.Equal(test.PromqlExprTest.Count, fires.Count);
            Assert.True(fires.Count >= 3);
            Assert.True(fires[0] < fires.Max(), "First it does not fire, or only for others.");
            Assert.Equal(0, fires[^1]);
        });
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_has_severity_words_and_a_section_of_the_runbook(string alert)
    {
        var rule = AlertRule.All.Single(rule => rule.Alert == alert);

        Assert.Contains(rule.Labels["severity"], Severities);
        Assert.Equal(["description", "runbook_url", "summary"], rule.Annotations.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"docs/runbook.md#{alert.ToLowerInvariant()}", rule.Annotations["runbook_url"]);
        Assert.Contains($"\n### {alert}\n", File.ReadAllText(Path.Combine(Deployed.Root, "docs", "runbook.md")), StringComparison.Ordinal);
        Assert.InRange(rule.Annotations["summary"].Length, 20, 100);
        Assert.InRange(rule.Annotations["description"].Split(". ").Length, 1, 4);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Figures_of_all_processes_are_not_summed_over_instances(string alert)
    {
        var rule = AlertRule.All.Single(rule => rule.Alert == alert);

        Assert.DoesNotMatch(SummedGauge(), rule.Expr);
    }

    private static bool Fires(string alert, RuleTestFile.Expectation expected) => expected.Expr.Contains($"alertname=\"{alert}\"", StringComparison.Ordinal);

    /// <summary>A sum of what only the reporter exports (docs/decisions/0042) counts twice while the reporter changes.</summary>
    [GeneratedRegex(@"sum[^()]*(\([^()]*\)[^()]*)?\(outbox_(tasks|messages_due|messages_scheduled|dead_letters|queue_(depth|workers|paused)|dispatchers|schedule_lag|storage)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    internal static partial Regex SummedGauge();
}
