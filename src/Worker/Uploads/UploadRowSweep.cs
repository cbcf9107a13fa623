using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Looks at every row, a page at a time, and stages what is to be done about it; what is staged stays bounded, and what is left goes to
/// another sweep. A row whose file is missing is marked and not deleted: a volume that is not mounted is to cost nobody a row.
/// </summary>
internal sealed class UploadRowSweep(
    IStoreReader reader,
    [FromKeyedServices(UploadFiles.Area)] FileFolder files,
    UploadDeletion deletion,
    IUnitOfWork unit,
    TaskContext task,
    StoreClock time,
    IOptions<UploadTaskOptions> options)
{
    private const int PageSize = 500, MaxChanges = 500;

    /// <param name="after">Where to go on; null for the beginning.</param>
    /// <param name="cancellationToken">Ends the sweep.</param>
    public async Task<RowSweep> RunAsync(Guid? after, CancellationToken cancellationToken)
    {
        var sweep = new RowSweep();
        var toDelete = new List<Guid>();
        var position = after ?? Guid.Empty;
        while (true)
        {
            var page = await ReadAsync(position, cancellationToken);
            foreach (var row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsToBeDeleted(row))
                {
                    toDelete.Add(row.Id);
                }
                else if (row.State != UploadState.Deleting && IsOldEnough(row.ChangedAt))
                {
                    Compare(row, sweep);
                }

                position = row.Id;
                sweep.Rows++;
                if (toDelete.Count + sweep.Lost + sweep.Restored >= MaxChanges)
                {
                    sweep.Next = position;
                    break;
                }
            }

            task.ReportProgress(0, $"{sweep.Rows} rows");
            if (page.Count < PageSize || sweep.Next is not null)
            {
                deletion.Stage(toDelete);
                sweep.Deleted = toDelete.Count;
                return sweep;
            }
        }
    }

    private bool IsToBeDeleted(Row row) =>
        (row.State == UploadState.Deleting && IsOldEnough(row.ChangedAt)) // its task was cancelled, purged, or failed
        || (row.State == UploadState.Ready && row.IsReplaced && IsOldEnough(row.ChangedAt)) // that of the newer one was
        || (row.State != UploadState.Deleting && row.UploadedAt < time.GetUtcNow() - options.Value.Retention);

    private bool IsOldEnough(DateTimeOffset changedAt) => changedAt < time.GetUtcNow() - options.Value.Grace;

    private void Compare(Row row, RowSweep sweep)
    {
        var exists = files.Exists(UploadFiles.Content(row.Id));
        if (!exists && row.State != UploadState.Lost)
        {
            unit.Execute(
                $"UPDATE uploads SET state = {(int)UploadState.Lost} WHERE id = $1 AND state = $2", row.Id, (int)row.State);
            sweep.Lost++;
        }
        else if (exists && row.State == UploadState.Lost)
        {
            unit.Execute(
                $"""
                UPDATE uploads SET state = CASE WHEN sha256 IS NULL THEN {(int)UploadState.Received} ELSE {(int)UploadState.Ready} END
                WHERE id = $1 AND state = {(int)UploadState.Lost}
                """,
                row.Id);
            sweep.Restored++;
        }
        else if (exists && row.Thumbnail is { } thumbnail && !files.Exists(UploadFiles.Thumbnail(row.Id, thumbnail)))
        {
            unit.Execute("UPDATE uploads SET thumbnail = NULL WHERE id = $1 AND thumbnail = $2", row.Id, thumbnail);
            sweep.Lost++;
        }
    }

    private Task<IReadOnlyList<Row>> ReadAsync(Guid after, CancellationToken cancellationToken) => reader.QueryAsync(
        $"""
        SELECT id, state, thumbnail, uploaded_at, changed_at, CASE WHEN {UploadDeletion.IsReplaced} THEN 1 ELSE 0 END
        FROM uploads WHERE id > $1 ORDER BY id LIMIT {PageSize}
        """,
        [after],
        row => new Row(
            row.GetGuid(0),
            (UploadState)row.GetInt32(1),
            row.IsDBNull(2) ? null : row.GetGuid(2),
            row.GetFieldValue<DateTimeOffset>(3),
            row.GetFieldValue<DateTimeOffset>(4),
            row.GetInt32(5) == 1),
        cancellationToken);

    private sealed record Row(
        Guid Id, UploadState State, Guid? Thumbnail, DateTimeOffset UploadedAt, DateTimeOffset ChangedAt, bool IsReplaced);
}

/// <summary>What a sweep over rows has found.</summary>
internal sealed class RowSweep
{
    /// <summary>How many rows it looked at.</summary>
    public int Rows { get; set; }

    /// <summary>How many uploads are to be deleted: past their retention, replaced, or left half deleted.</summary>
    public int Deleted { get; set; }

    /// <summary>How many files, thumbnails included, were not there.</summary>
    public int Lost { get; set; }

    /// <summary>How many that were lost are there again.</summary>
    public int Restored { get; set; }

    /// <summary>Where to go on; null at the end.</summary>
    public Guid? Next { get; set; }
}
