using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>Commands that an operator copies do what the page says with all services of compose.</summary>
public sealed partial class CommandTests
{
    private static readonly string[] Scripts = ["docker-compose.yml", "make-secrets"];

    public static TheoryData<string> Files => [.. Page.Paths.Concat(Scripts)];

    /// <summary>Without its profile, compose neither stops a running service nor makes it anew.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void What_stops_or_recreates_all_names_the_profile(string file) => Every.IsRight(
        StopsOrRecreates().Matches(File.ReadAllText(InRepository.File(file))).Select(m => m.Value).Where(command => !command.Contains("--profile observability", StringComparison.Ordinal)));

    /// <summary>On the machine there is no RabbitMQ.</summary>
    [Fact]
    public void The_runbook_asks_rabbitmq_inside_its_container()
    {
        var runbook = Page.Read("docs/runbook.md").Text;

        Assert.NotEmpty(Tool().Matches(runbook));
        Every.IsRight(Tool().Matches(runbook).Select(m => m.Value).Where(command => !InContainer().IsMatch(command)));
    }

    /// <summary>Whoever defines it on one page copies samples of all others.</summary>
    [Fact]
    public void All_pages_ask_the_API_by_one_helper()
    {
        var pages = Page.Paths.Select(path => Page.Read(path)).ToList();

        Assert.Single(pages.SelectMany(page => Definition().Matches(page.Text).Select(m => m.Value)).Distinct(StringComparer.Ordinal));
        var uses = pages.SelectMany(page => Use().Matches(page.Text).Select(m => $"{page.Path}: {m.Value}")).ToList();
        Assert.True(uses.Count > 40);
        Every.IsRight(uses.Where(use => !WithPath().IsMatch(use)));
    }

    [GeneratedRegex(@"^m\(\) .*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Definition();

    [GeneratedRegex("(^|[`(])m [^`\n]+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Use();

    [GeneratedRegex(": [`(]?m ('?/|PATH$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WithPath();

    [GeneratedRegex("docker compose [^`\n#]*(--force-recreate|\\bdown\\b)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex StopsOrRecreates();

    [GeneratedRegex("[^`\n]*\\brabbitmq(ctl|-diagnostics) [^`\n]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Tool();

    [GeneratedRegex("^docker compose exec rabbitmq (rabbitmqctl -p messaging|rabbitmq-diagnostics) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex InContainer();
}
