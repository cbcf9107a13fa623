using System.ComponentModel.DataAnnotations;
using Messaging.Contracts;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Logs;

/// <summary>The filter of log entries.</summary>
internal sealed record LogQuery : PageById
{
    /// <summary>One or more levels, separated by commas.</summary>
    public Names<LogSeverity>? Level { get; init; }

    /// <summary>
    /// The source of the entry: Caller, Access (the access log), Service, or Unknown for entries from before sources were
    /// recorded.
    /// </summary>
    public Names<LogSource>? Source { get; init; }

    /// <summary>A string that the message contains.</summary>
    [Text(200)]
    public string? Text { get; init; }

    /// <summary>A property and its whole value, <c>name:value</c>; if it is given several times, all must match.</summary>
    [MaxLength(8), Pairs]
    public string[]? Property { get; init; }

    /// <summary>
    /// Logged at this time or later; for entries that were enqueued over <c>POST /tasks</c>, the time when they were enqueued.
    /// </summary>
    public Moment? From { get; init; }

    /// <summary>Logged before this time.</summary>
    public Moment? Before { get; init; }

    /// <summary>The names and values of the properties.</summary>
    public IEnumerable<(string Name, string Value)> Pairs() =>
        (Property ?? []).Select(text => (text[..text.IndexOf(':', StringComparison.Ordinal)], text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]));

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class PairsAttribute() : ValidationAttribute($"must be a name of 1 to {MaxName} characters, a colon and a value, such as status:404.")
    {
        private const int MaxName = 64, MaxValue = 1_000;

        public override bool IsValid(object? value) => value is not string[] texts || texts.All(
            text => text.IndexOf(':', StringComparison.Ordinal) is > 0 and <= MaxName && text.Length <= MaxName + 1 + MaxValue && !text.Any(char.IsControl));
    }
}
