using Messaging.Outbox;

namespace Messaging.Api.Exports;

/// <summary>An export as it is stored.</summary>
internal sealed record ExportRecord(Guid Id, DateTimeOffset CreatedAt, long Entries, DateTimeOffset? FinishedAt, IReadOnlyList<ExportFile> Files)
{
    public long Bytes => Files.Sum(f => f.Bytes);

    /// <summary>The export; null if it does not exist or was deleted.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static async Task<ExportRecord?> FindAsync(IStoreReader store, Guid id, CancellationToken cancellationToken)
    {
        // Reads the export before its files: an export that is finished then has all of them.
        var found = await store.QueryAsync(
            "SELECT created_at, entries, finished_at FROM exports WHERE id = $1",
            [id],
            row => (
                CreatedAt: row.GetFieldValue<DateTimeOffset>(0),
                Entries: row.GetInt64(1),
                FinishedAt: row.IsDBNull(2) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(2)),
            cancellationToken);
        if (found is not [var export])
        {
            return null;
        }

        var files = await store.QueryAsync(
            "SELECT name, bytes FROM export_files WHERE export_id = $1 ORDER BY part",
            [id],
            row => new ExportFile(row.GetString(0), row.GetInt64(1)),
            cancellationToken);
        return new ExportRecord(id, export.CreatedAt, export.Entries, export.FinishedAt, files);
    }
}

/// <summary>One part of an export.</summary>
internal sealed record ExportFile(string Name, long Bytes);
