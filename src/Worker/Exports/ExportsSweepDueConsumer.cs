using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Exports;

/// <summary>
/// Deletes exports past their retention, files first, and files without a row: those of a part whose worker died or that was
/// cancelled. Files with other names are not touched. Two sweeps may run at the same time.
/// </summary>
internal sealed class ExportsSweepDueConsumer(
    IUnitOfWork unit,
    IStoreReader store,
    [FromKeyedServices(ExportFiles.Area)] FileFolder folder,
    ITaskContext task,
    IOptions<ExportOptions> options,
    StoreClock time) : IConsumer<ExportsSweepDue>
{
    private const int MaxExports = 100, MaxNames = 500;

    // A part's file gets its row with the commit, which is retried while the database is unavailable.
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    public async Task Consume(ConsumeContext<ExportsSweepDue> context)
    {
        var old = await store.QueryAsync(
            "SELECT id FROM exports WHERE id < $1 ORDER BY id LIMIT $2",
            [Uuid7.LowerBound(time.GetUtcNow() - options.Value.Retention), MaxExports],
            row => row.GetGuid(0),
            context.CancellationToken);
        foreach (var id in old)
        {
            await DeleteAsync(id, context.CancellationToken);
        }

        if (old.Count == MaxExports)
        {
            task.ContinueLater(); // the commit deletes the rows, the next part continues
            return;
        }

        var orphans = 0;
        foreach (var names in folder.OlderThan(Grace).Where(ExportFiles.IsPart).Chunk(MaxNames))
        {
            orphans += await DeleteOrphansAsync(names, context.CancellationToken);
        }

        task.SetResult(new { exports = (task.Part * MaxExports) + old.Count, orphans });
    }

    private async Task DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        foreach (var name in await store.QueryAsync("SELECT name FROM export_files WHERE export_id = $1", [id], row => row.GetString(0), cancellationToken))
        {
            folder.Delete(name);
        }

        unit.Execute("DELETE FROM export_files WHERE export_id = $1", id);
        unit.Execute("DELETE FROM exports WHERE id = $1", id);
    }

    private async Task<int> DeleteOrphansAsync(string[] names, CancellationToken cancellationToken)
    {
        var known = await store.QueryAsync(
            $"SELECT name FROM export_files WHERE name IN ({SqlFilter.Numbered(names.Length)})", names, row => row.GetString(0), cancellationToken);
        var orphans = names.Except(known, StringComparer.Ordinal).ToList();
        orphans.ForEach(folder.Delete);
        return orphans.Count;
    }
}
