using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Checks every row, page by page, and stages the changes. The number of staged changes is bounded; another sweep continues with
/// the rest. A row whose file is missing is marked and not deleted, because the volume may just not be mounted.
/// </summary>
internal sealed class UploadRowSweep(
    IStoreReader reader,
    [FromKeyedServices(UploadFiles.Area)] FileFolder files,
    UploadDeletion deletion,
    IUnitOfWork unit,
    ITaskContext task,
    StoreClock time,
    IOptions<UploadTaskOptions> options)
{
    private const int PageSize = 500, MaxChanges = 500;

    /// <param name="after">The last row of the previous sweep; null to start at the beginning.</param>
    /// <param name="cancellationToken">Cancels the sweep.</param>
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
        (row.State == UploadState.Deleting && IsOldEnough(row.ChangedAt)) // its task was cancelled, purged or dead-lettered
        || (row.State == UploadState.Ready && row.IsReplaced && IsOldEnough(row.ChangedAt)) // the task of the newer upload was
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

/// <summary>The result of a sweep over rows.</summary>
internal sealed class RowSweep
{
    /// <summary>The number of rows checked.</summary>
    public int Rows { get; set; }

    /// <summary>The number of uploads to delete: past their retention, replaced, or only partly deleted.</summary>
    public int Deleted { get; set; }

    /// <summary>The number of missing files, including thumbnails.</summary>
    public int Lost { get; set; }

    /// <summary>The number of lost files that are back.</summary>
    public int Restored { get; set; }

    /// <summary>Where to continue; null when all rows are done.</summary>
    public Guid? Next { get; set; }
}
