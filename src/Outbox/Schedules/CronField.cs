using System.Globalization;

namespace Messaging.Outbox.Schedules;

/// <summary>A field of a cron expression, for saying it in words.</summary>
/// <param name="text">As it is written: <c>*</c>, <c>5</c>, <c>1-5</c>, <c>*/5</c>, <c>1,2</c>.</param>
/// <param name="names">The names that stand for numbers, the first of them for <paramref name="first"/>.</param>
/// <param name="first">The number of the first name.</param>
internal sealed class CronField(string text, IReadOnlyList<string>? names = null, int first = 0)
{
    /// <summary>As it is written.</summary>
    public string Text => text;

    /// <summary>Whether it is a star, and so always holds.</summary>
    public bool IsAny => text is "*" or "?" or "*/1";

    /// <summary>Whether it is a step: <c>*/5</c>, <c>10/5</c>, <c>1-30/5</c>.</summary>
    public bool IsStep => text.Contains('/', StringComparison.Ordinal) && !text.Contains(',', StringComparison.Ordinal) && !IsAny;

    /// <summary>Whether it holds again and again: a star, a step or a range.</summary>
    public bool IsRepeated => IsAny || IsStep || Range is not null;

    /// <summary>The numbers of a list; null if it is something else.</summary>
    public IReadOnlyList<int>? Numbers
    {
        get
        {
            var numbers = text.Split(',').Select(Number).ToList();
            return numbers.Contains(null) ? null : [.. numbers.Select(n => n!.Value)];
        }
    }

    /// <summary>The ends of a range; null if it is something else.</summary>
    public (int First, int Last)? Range =>
        text.Split('-') is [var from, var to] && Number(from) is { } low && Number(to) is { } high ? (low, high) : null;

    /// <summary>The texts one after the other: 1, 2 and 3.</summary>
    public static string List(IEnumerable<string> texts) =>
        texts.ToList() is [.. { Count: > 0 } before, var last] ? $"{string.Join(", ", before)} and {last}" : string.Concat(texts);

    /// <summary>The values: <c>minute 5</c>, <c>minutes 5 and 35</c>.</summary>
    public string Say(string one, string many) =>
        Numbers is { } numbers ? $"{(numbers.Count == 1 ? one : many)} {List(numbers.Select(Text1))}"
        : $"{many} {List(text.Split(',').Select(Part))}";

    /// <summary>How often it holds: <c>every 5 minutes</c>.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="whole">What the units are of.</param>
    /// <param name="count">How many there are; a step that does not divide it begins anew with each.</param>
    public string Every(string unit, string whole, int count)
    {
        if (IsAny)
        {
            return $"every {unit}";
        }

        var (values, step) = text.Split('/') is [var written, var by] && Number(by) is { } number ? (written, number) : (text, 1);
        var every = step == 1 ? $"every {unit}" : $"every {Text1(step)} {unit}s";
        return new CronField(values) switch
        {
            { IsAny: true } => count % step == 0 ? every : $"{every} of the {whole}",
            { Range: var (low, high) } => $"{every} from {low} to {high} of the {whole}",
            var from => $"{every} of the {whole} from {unit} {from.Text} on",
        };
    }

    /// <summary>The number that a text or a name stands for; null if it is neither.</summary>
    public int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : names?.ToList().FindIndex(n => n.StartsWith(value, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index && value.Length == 3 ? index + first
        : null;

    /// <summary>A part of a list.</summary>
    private string Part(string part) => new CronField(part) switch
    {
        { Range: var (low, high) } => $"{low} to {high}",
        { IsStep: true } when part.Split('/') is [var values, var step] => $"every {step} {(values == "*" ? "of them" : $"from {values.Replace("-", " to ", StringComparison.Ordinal)}")}",
        _ => part,
    };

    private static string Text1(int number) => number.ToString(CultureInfo.InvariantCulture);
}
