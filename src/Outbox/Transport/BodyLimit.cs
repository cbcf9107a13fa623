using System.Globalization;
using System.Text.RegularExpressions;

namespace Messaging.Outbox.Transport;

/// <summary>
/// The largest body that the broker takes. A client cannot ask for it: the broker closes the channel of a larger message, with all that is published on it, and names its limit
/// then. So it is learnt from the first one that is refused, and larger messages are kept from the broker meanwhile.
/// </summary>
/// <remarks>It is forgotten after some minutes, because the limit of a broker can be raised while the process runs.</remarks>
internal sealed partial class BodyLimit(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private volatile Known? _known;

    /// <summary>The limit in bytes; null if it is not known.</summary>
    public long? Bytes => _known is { } known && time.GetElapsedTime(known.Since) < Kept ? known.Bytes : null;

    /// <summary>Whether an exception, or one within it, says that a message is too large for the broker: the one that was sent, or another one on its channel.</summary>
    public static bool IsNamedIn(Exception? exception)
    {
        while (exception is not null && !IsNamedIn(exception.Message))
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }

    /// <summary>Whether the text is the broker's refusal of a large message.</summary>
    public static bool IsNamedIn(string? text) => text is not null && Refusal().IsMatch(text);

    /// <summary>Learns the limit from what the broker said when it closed a channel.</summary>
    /// <returns>Whether it was a refusal of a large message.</returns>
    public bool Learn(string? text)
    {
        if (text is null || Refusal().Match(text) is not { Success: true } match)
        {
            return false;
        }

        _known = new Known(long.Parse(match.Groups["max"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), time.GetTimestamp());
        return true;
    }

    /// <inheritdoc cref="Learn(string?)"/>
    public bool Learn(Exception? exception)
    {
        while (exception is not null && !Learn(exception.Message))
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }

    public bool IsExceededBy(OutboxMessage message) => message.Body.Length > Bytes;

    // "PRECONDITION_FAILED - message size 20000000 is larger than configured max size 16777216"; the second form is that of the limit that cannot be configured.
    [GeneratedRegex(@"message size \d{1,15} (is )?larger than (configured )?max size (?<max>\d{1,15})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Refusal();

    private sealed record Known(long Bytes, long Since);
}
