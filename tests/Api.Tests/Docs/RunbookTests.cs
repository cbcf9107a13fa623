using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Docs;

/// <summary>The runbook has an answer to every alert and to every warning or error that the code logs, and to nothing else.</summary>
public sealed partial class RunbookTests
{
    private const string Alerts = "\n## Alerts\n", Events = "\n## Log events\n";

    private static readonly string Text = Page.Read("docs/runbook.md").Text;

    /// <summary>The events that are logged as warnings or worse, or at a level that is decided each time.</summary>
    private static readonly IReadOnlyList<(string Method, string? Name, int Id)> Logged =
    [
        .. from file in Directory.GetFiles(AppContext.BaseDirectory, "Messaging.*.dll")
           let project = Path.GetFileNameWithoutExtension(file)["Messaging.".Length..]
           where Directory.Exists(InRepository.File($"src/{project}"))
           from type in Assembly.Load($"Messaging.{project}").GetTypes()
           from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message?.Level >= LogLevel.Warning
           select ($"{type.Name}.{method.Name}", message.EventName, message.EventId),
    ];

    [Fact]
    public void EveryAlertHasASectionAndEverySectionAnAlert()
    {
        var rules = Alert().Matches(File.ReadAllText(InRepository.File("deploy/prometheus/rules.yml"))).Select(m => m.Groups["name"].Value).ToList();

        Assert.True(rules.Count > 10);
        Assert.Equal(rules, Section().Matches(Part(Alerts)).Select(m => m.Groups["title"].Value));
    }

    [Fact]
    public void EveryWarningIsNamedAndEveryNameIsAWarning()
    {
        Assert.True(Logged.Count > 40);
        Every.IsRight(Logged.Where(e => string.IsNullOrEmpty(e.Name)).Select(e => $"{e.Method} has no EventName"));
        var named = EventLine().Matches(Part(Events)).SelectMany(line => Name().Matches(line.Value)).Select(m => m.Value).ToList();

        Assert.Equal(Logged.Select(e => $"`{e.Name}` ({e.Id})").Distinct().Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EverySectionSaysWhatToDo() =>
        Every.IsRight(Text.Split("\n### ").Skip(1).Where(section => !WhatToDo().IsMatch(section)).Select(section => section.Split('\n')[0]));

    /// <summary>From a heading to the next one of the same rank.</summary>
    private static string Part(string heading) => Text.Split(heading)[1].Split("\n## ")[0];

    [GeneratedRegex("^ +- alert: (?<name>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Alert();

    [GeneratedRegex("^### (?<title>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\*\*(Do|Look and do)\.\*\* ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WhatToDo();

    [GeneratedRegex("^Events: .+(\n.+)*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EventLine();

    [GeneratedRegex(@"`[A-Z][A-Za-z]+` \([0-9]+\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
