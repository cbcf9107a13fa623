using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>A rule of deploy/prometheus/rules.yml.</summary>
internal sealed class AlertRule
{
    public string Alert { get; set; } = "";
    public string Expr { get; set; } = "";
    public string? For { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
    public Dictionary<string, string> Annotations { get; set; } = [];

    public static IReadOnlyList<AlertRule> All { get; } = [.. Read<RuleFile>(Deployed.RulesPath).Groups.SelectMany(group => group.Rules)];

    public override string ToString() => Alert;

    /// <summary>Reads a file of Prometheus; a key that is not known here is an error.</summary>
    public static T Read<T>(string path)
    {
        using var file = File.OpenText(path);
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<T>(file);
    }

    private sealed class RuleFile
    {
        public List<RuleGroup> Groups { get; set; } = [];
    }

    private sealed class RuleGroup
    {
        public string Name { get; set; } = "";
        public List<AlertRule> Rules { get; set; } = [];
    }
}
