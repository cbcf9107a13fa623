using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Docs;

/// <summary>Each log event has an id and a name of its own, and says what an operator has to do; the page of logs lists all of them.</summary>
public sealed partial class LogEventTests
{
    private const string File = "docs/operating/logs.md";

    private static readonly IReadOnlyList<LoggerMessageAttribute> Events =
    [
        .. from path in Directory.GetFiles(AppContext.BaseDirectory, "Messaging.*.dll")
           where !path.EndsWith(".Tests.dll", StringComparison.Ordinal)
           from type in Assembly.LoadFrom(path).GetTypes()
           from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           from log in method.GetCustomAttributes<LoggerMessageAttribute>()
           orderby log.EventId
           select log,
    ];

    [Fact]
    public void Every_event_has_an_id_and_a_name_of_its_own()
    {
        Assert.True(Events.Count > 60, "the events are found");
        Every.IsRight(Events.Where(e => e.EventId < 1000 || e.EventName is not { } name || !Name().IsMatch(name)).Select(e => $"{e.EventId} {e.EventName}: {e.Message}"));
        Every.IsRight(Events.GroupBy(e => e.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.EventName))}"));
        Every.IsRight(Events.GroupBy(e => e.EventName).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.EventId))}"));
    }

    [Fact]
    public void The_page_lists_every_event_as_it_is_in_the_code() =>
        Assert.Equal(Events.Select(Row), Listed().Matches(Page.Read(File).Text).Select(row => row.Value));

    [Fact]
    public void Every_event_is_in_the_range_of_a_subject()
    {
        var ranges = Range().Matches(Page.Read(File).Text).Select(row => (From: Number(row, "from"), To: Number(row, "to"))).ToList();

        Every.IsRight(Events.Where(e => !ranges.Exists(range => range.From <= e.EventId && e.EventId <= range.To)).Select(e => $"{e.EventId} {e.EventName}"));
        Assert.True(ranges.Zip(ranges.Skip(1)).All(pair => pair.First.To < pair.Second.From), "the ranges are in order, and none overlaps another");
    }

    [Fact]
    public void A_warning_says_what_is_to_be_done() => Every.IsRight(
        from log in Events
        where log.Level >= LogLevel.Warning && log.Level != LogLevel.None && !WhatToDo().IsMatch(log.Message)
        select $"{log.EventId} {log.EventName}: {log.Message}");

    private static int Number(Match row, string group) => int.Parse(row.Groups[group].Value, CultureInfo.InvariantCulture);

    private static string Row(LoggerMessageAttribute log) =>
        $"| {log.EventId} | `{log.EventName}` | {(log.Level == LogLevel.None ? "by what happened" : log.Level)} | {log.Message.Split('\n')[0].Replace("|", "\\|", StringComparison.Ordinal)} |";

    [GeneratedRegex("^[A-Z][A-Za-z]{4,40}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| \d{4} \| `\w+` .*\|$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Listed();

    [GeneratedRegex(@"^\| (?<from>\d{4})–(?<to>\d{4}) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Range();

    [GeneratedRegex(
        @"\b(check|correct|redrive|drop|set|deploy|use|call|report|configure|remove|find|replaced or resumed|needs|the next one is in|are delivered again)\b|HowTo|Add UseOutbox",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WhatToDo();
}
