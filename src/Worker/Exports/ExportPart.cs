using System.Globalization;
using System.Text;
using CsvHelper;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Exports;

/// <summary>One part of an export. Entries are read and written page by page, so that memory use does not grow with the log.</summary>
internal sealed class ExportPart(ExportRequested request, (Guid? Last, long Entries) checkpoint, ITaskContext task, IStoreReader store)
{
    // An entry can have some 50 KB: a page has to be read within the query timeout and fit in memory.
    private const int PageSize = 200;

    private Guid? _first;

    /// <summary>The last entry written; the next part continues after it.</summary>
    public Guid? Last { get; private set; } = checkpoint.Last;

    /// <summary>Entries written, including those of earlier parts.</summary>
    public long Entries { get; private set; } = checkpoint.Entries;

    /// <summary>Whether all entries are written.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Writes entries until the duration has passed or there are no more.</summary>
    public async Task WriteAsync(Stream stream, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        await using var csv = new CsvWriter(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true), CsvFields.Configuration);
        if (Last is null)
        {
            await WriteRowAsync(csv, "id", "loggedAt", "level", "message", "properties");
        }

        do
        {
            var page = await ReadPageAsync(cancellationToken);
            foreach (var entry in page)
            {
                await WriteRowAsync(
                    csv, entry.Id.ToString(), entry.LoggedAt.ToString("O", CultureInfo.InvariantCulture), entry.Level.ToString(), entry.Message, entry.Properties);
                (Last, Entries) = (entry.Id, Entries + 1);
            }

            await csv.FlushAsync();
            IsLast = page.Count < PageSize;
            await ReportAsync(cancellationToken);
        }
        while (!IsLast && time.GetElapsedTime(start) < duration);
    }

    private static async Task WriteRowAsync(CsvWriter csv, params IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(CsvFields.Neutralized(field));
        }

        await csv.NextRecordAsync();
    }

    private Task<IReadOnlyList<Entry>> ReadPageAsync(CancellationToken cancellationToken)
    {
        // The key begins with the time, so the primary key's index serves the filter.
        var filter = new SqlFilter()
            .And("id >", Last)
            .And("id >=", request.From is { } from ? Uuid7.LowerBound(from) : null)
            .And("id <", Uuid7.LowerBound(request.Before));
        return store.QueryAsync(
            $"SELECT id, logged_at, level, message, properties FROM activity_log WHERE {filter.Where} ORDER BY id LIMIT {PageSize}",
            filter.Parameters,
            row => new Entry(
                row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), (LogSeverity)row.GetInt16(2), row.GetString(3), row.GetString(4)),
            cancellationToken);
    }

    /// <summary>Estimates the progress from the times of the entries: counting all of them would cost as much as reading them.</summary>
    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        if (Last is not { } last)
        {
            return;
        }

        _first ??= request.From is { } from
            ? Uuid7.LowerBound(from)
            : (await store.QueryAsync("SELECT id FROM activity_log ORDER BY id LIMIT 1", [], row => row.GetGuid(0), cancellationToken)).FirstOrDefault(last);
        var (start, now) = (Uuid7.TimeOf(_first.Value), Uuid7.TimeOf(last));
        var whole = Math.Max(1, (request.Before - start).TotalMilliseconds);
        task.ReportProgress(
            Math.Clamp((int)(100 * (now - start).TotalMilliseconds / whole), 0, 99),
            string.Create(CultureInfo.InvariantCulture, $"{Entries} entries, up to {now:u}"));
    }

    private sealed record Entry(Guid Id, DateTimeOffset LoggedAt, LogSeverity Level, string Message, string Properties);
}
