using System.Text;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>
/// The stack trace of an exception for dead letters: each exception of the chain with its message and frames, outermost first, of
/// bounded length. Frames contain code and no data; messages contain no addresses (<see cref="FailureText"/>).
/// </summary>
internal static class StackTraceText
{
    public const int MaxLength = 8_192;

    private const int MaxDepth = 8, MaxFrames = 4_096; // per exception, so that there is room for its cause

    public static string Of(Exception exception)
    {
        var trace = new StringBuilder();
        var e = Thrown.OriginalOf(exception);
        for (var depth = 0; e is not null && depth < MaxDepth && trace.Length < MaxLength; e = e.InnerException, depth++)
        {
            trace.Append(depth == 0 ? "" : "---> ").Append(FailureText.Of(e)).Append('\n').Append(StoredText.Cut(Thrown.StackTraceOf(e), MaxFrames)).Append('\n');
        }

        return Clean(trace.ToString());
    }

    /// <summary>The stack trace from a message's headers; null stays null.</summary>
    public static string? OfOptional(string? stackTrace) => stackTrace is null ? null : Clean(stackTrace);

    private static string Clean(string trace) =>
        string.Join('\n', StoredText.Cut(trace, MaxLength).Split('\n').Select(line => StoredText.Line(line.TrimEnd(), MaxLength))).TrimEnd();
}
