namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>What an operator takes from the repository: alert rules, their tests and the board.</summary>
internal static class Deployed
{
    public static string Root { get; } = FindRoot();

    public static string RulesPath { get; } = Path.Combine(Root, "deploy", "prometheus", "rules.yml");

    public static string RuleTestsPath { get; } = Path.Combine(Root, "deploy", "prometheus", "rules.test.yml");

    public static string BoardPath { get; } = Path.Combine(Root, "deploy", "grafana", "dashboards", "messaging.json");

    /// <summary>Debian's Prometheus and promtool.</summary>
    public static Tools Tools { get; } = new(Root);

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
