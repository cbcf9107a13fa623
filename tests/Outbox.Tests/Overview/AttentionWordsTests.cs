using System.Globalization;
using System.Text.RegularExpressions;
using Messaging.Outbox.Overview;

namespace Messaging.Outbox.Tests.Overview;

/// <summary>What the dashboard says is what the alerts say, at the same thresholds.</summary>
public sealed class AttentionWordsTests
{
    private static readonly string Root = FindRoot();
    private static readonly Dictionary<string, string> Rules = Regex
        .Matches(File.ReadAllText(Path.Combine(Root, "deploy/prometheus/rules.yml")), "- alert: (?<name>\\w+)(?<text>.*?)(?=- alert: |\\z)", RegexOptions.Singleline, TimeSpan.FromSeconds(5))
        .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["text"].Value);

    private static readonly string Runbook = File.ReadAllText(Path.Combine(Root, "docs/runbook.md"));

    public static TheoryData<int> Codes => [.. Enum.GetValues<AttentionCode>().Select(code => (int)code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Each_code_has_the_words_of_its_alert(int code)
    {
        var words = AttentionWords.Of[(AttentionCode)code];
        if (words.Alert is not { } alert)
        {
            Assert.Equal(AttentionCode.UndeliverableMessages, (AttentionCode)code);
            return;
        }

        Assert.Contains(words.Advice, Rules[alert], StringComparison.Ordinal);
        Assert.Contains($"severity: {words.Severity.ToString().ToLowerInvariant()}", Rules[alert], StringComparison.Ordinal);
        Assert.Contains($"### {alert}\n", Runbook, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_are_those_of_the_alerts()
    {
        Assert.Contains($"outbox_messages_due_age_seconds) > {Seconds(AttentionWords.DueFor)} ", Rules["OutboxDueTooOld"], StringComparison.Ordinal);
        Assert.Contains($"outbox_schedule_lag_seconds) > {Seconds(AttentionWords.LateBy)}\n", Rules["OutboxScheduleLate"], StringComparison.Ordinal);
        Assert.Contains($"for: {AttentionWords.PausedFor.TotalHours:0}h", Rules["OutboxQueuePaused"], StringComparison.Ordinal);
        Assert.Contains($"outbox_dead_letters[{AttentionWords.NewDeadLetters.TotalMinutes:0}m]", Rules["OutboxDeadLettersRise"], StringComparison.Ordinal);
        Assert.Contains($"> {AttentionWords.RetryShare.ToString(CultureInfo.InvariantCulture)}\n", Rules["OutboxRetriesHigh"], StringComparison.Ordinal);
        Assert.Contains($"for: {AttentionWords.RetriesOver.TotalMinutes:0}m", Rules["OutboxRetriesHigh"], StringComparison.Ordinal);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Messaging.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("There is no Messaging.sln above the tests.");
        }

        return folder;
    }
}
