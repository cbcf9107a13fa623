using System.Text;
using Messaging.Outbox.Redelivery;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// Where an exception came from, for whoever decides about its dead letter: each exception of the chain with its error text and its frames, the
/// outermost first, of bounded length. Frames name code and no data; the texts have no addresses (<see cref="FailureText"/>).
/// </summary>
internal static class StackTraceText
{
    public const int MaxLength = 8_192;

    private const int MaxDepth = 8, MaxFrames = 4_096; // of one exception, so that its cause has room as well

    public static string Of(Exception exception)
    {
        var trace = new StringBuilder();
        var e = ToldException.OriginalOf(exception);
        for (var depth = 0; e is not null && depth < MaxDepth && trace.Length < MaxLength; e = e.InnerException, depth++)
        {
            trace.Append(depth == 0 ? "" : "---> ").Append(FailureText.Of(e)).Append('\n').Append(StoredText.Cut(ToldException.StackTraceOf(e), MaxFrames)).Append('\n');
        }

        return Clean(trace.ToString());
    }

    /// <summary>One that came with the message; null stays null.</summary>
    public static string? OfOptional(string? stackTrace) => stackTrace is null ? null : Clean(stackTrace);

    private static string Clean(string trace) =>
        string.Join('\n', StoredText.Cut(trace, MaxLength).Split('\n').Select(line => StoredText.Line(line.TrimEnd(), MaxLength))).TrimEnd();
}
