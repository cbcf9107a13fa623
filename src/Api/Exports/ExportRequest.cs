using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Api.Exports;

/// <summary>What is to be exported; with no body everything.</summary>
/// <param name="From">Entries from this time on, with its offset. Default: from the oldest.</param>
/// <param name="Before">
/// Entries before this time, at most now. Default: now. What was accepted by then and a worker has not written to the log yet is not in it.
/// </param>
internal sealed record ExportRequest(DateTimeOffset? From, DateTimeOffset? Before)
{
    public static readonly string[] Names = ["from", "before"];

    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static ExportRequest? Read(JsonFields fields, DateTimeOffset now)
    {
        var (from, before) = (fields.Moment("from"), fields.Moment("before"));
        if (before > now)
        {
            fields.Error("before", "must not be in the future: nothing is logged then yet.");
        }
        else if (from >= (before ?? now))
        {
            fields.Error("from", "must be earlier than 'before', or than now.");
        }

        return fields.Errors.Count == 0 ? new ExportRequest(from, before) : null;
    }
}
