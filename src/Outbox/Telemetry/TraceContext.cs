using System.Diagnostics;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Telemetry;

/// <summary>
/// The place of a message in a trace, as its headers carry it: a string that is passed on without being parsed, so that the
/// trace goes on beyond a process in which nobody listens (docs/decisions/0043).
/// </summary>
/// <param name="Id">The W3C <c>traceparent</c>: version, trace, span and flags.</param>
/// <param name="State">The W3C <c>tracestate</c>.</param>
/// <param name="IsCause">
/// Whether it is the cause of a message that runs later, in a new trace with a link to it. Otherwise the execution is a child.
/// </param>
internal sealed record TraceContext(string Id, string? State = null, bool IsCause = false)
{
    private const string ParentMember = $"\"{OutboxHeaders.TraceParent}\":\"", CauseMember = $"\"{OutboxHeaders.Cause}\":\"";

    private const int IdLength = 55, TraceIdStart = 3, TraceIdLength = 32;

    /// <summary>The W3C limit. Callers of an API choose the string, so nothing longer is stored.</summary>
    private const int MaxState = 512;

    /// <summary>The context of the running code; null if it belongs to no trace.</summary>
    public static TraceContext? Current => Of(Activity.Current);

    public static TraceContext? Of(Activity? activity) =>
        activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? new TraceContext(id, Storable(activity.TraceStateString)) : null;

    /// <param name="header">Reads a header of a delivery.</param>
    /// <returns>Null if there is none, or if it is not valid.</returns>
    public static TraceContext? Of(Func<string, string?> header) =>
        header(OutboxHeaders.Cause) is { Length: IdLength } cause ? new TraceContext(cause, IsCause: true)
        : header(OutboxHeaders.TraceCopy) is { Length: IdLength } copy ? new TraceContext(copy)
        : header(OutboxHeaders.TraceParent) is { Length: IdLength } parent ? new TraceContext(parent, Storable(header(OutboxHeaders.TraceState)))
        : null;

    /// <summary>The trace; null if the string is not valid.</summary>
    public Guid? TraceId =>
        Guid.TryParseExact(Id.AsSpan(TraceIdStart, TraceIdLength), "N", out var id) && id != Guid.Empty ? id : null;

    /// <summary>Whether the trace is sampled, so that spans of it are recorded.</summary>
    public bool IsRecorded => IsSampled(Id);

    /// <summary>The same place as the cause of something that runs later. The vendor's state stays with its trace.</summary>
    public TraceContext AsCause() => IsCause ? this : new TraceContext(Id, IsCause: true);

    /// <returns>Null if the string is not valid.</returns>
    public ActivityContext? Parse() => ActivityContext.TryParse(Id, State, isRemote: true, out var context) ? context : null;

    /// <summary>Writes the headers of a message. One header decides; the other one is removed.</summary>
    public void WriteTo(IDictionary<string, object> headers)
    {
        foreach (var header in OutboxHeaders.OfTrace)
        {
            headers.Remove(header);
        }

        headers[IsCause ? OutboxHeaders.Cause : OutboxHeaders.TraceParent] = Id;
        if (State is not null)
        {
            headers[OutboxHeaders.TraceState] = State;
        }
    }

    /// <summary>Finds the context in the metadata of an outbox row without parsing the JSON, if it is sampled.</summary>
    public static ActivityContext? FindRecorded(string metadata)
    {
        var id = Find(metadata, ParentMember);
        id = id.IsEmpty ? Find(metadata, CauseMember) : id;
        return IsSampled(id) && ActivityContext.TryParse(id.ToString(), traceState: null, isRemote: true, out var context) ? context : null;
    }

    /// <summary>Makes the context in the metadata of an outbox row that of a cause, for a row that is stored once more.</summary>
    public static string AsCauseIn(string metadata) =>
        metadata.Replace(ParentMember, CauseMember, StringComparison.Ordinal);

    /// <returns>Empty if it is not there.</returns>
    private static ReadOnlySpan<char> Find(string metadata, string member)
    {
        var start = metadata.IndexOf(member, StringComparison.Ordinal) + member.Length;
        return start >= member.Length && start + IdLength <= metadata.Length ? metadata.AsSpan(start, IdLength) : [];
    }

    // The lowest bit of the flags, the last two hexadecimal digits. Asked for each message, so nothing is allocated.
    private static bool IsSampled(ReadOnlySpan<char> id) => !id.IsEmpty && "13579bdfBDF".Contains(id[^1], StringComparison.Ordinal);

    private static string? Storable(string? state) =>
        state is { Length: > 0 and <= MaxState } && !state.AsSpan().ContainsAnyExceptInRange(' ', '~') ? state : null;
}
