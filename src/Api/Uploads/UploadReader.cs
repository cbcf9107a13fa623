using System.Data.Common;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Api.Uploads;

/// <summary>Reads the rows of uploads, without those that are being deleted.</summary>
internal sealed class UploadReader(IStoreReader reader)
{
    private const string Columns = "id, name, content_type, size, state, task_id, sha256, thumbnail, uploaded_at, processed_at";
    private static readonly string IsNotDeleted = $"state <> {(int)UploadState.Deleting}";

    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public Task PingAsync(CancellationToken cancellationToken) => reader.QueryAsync("SELECT 1", [], _ => true, cancellationToken);

    public async Task<Upload?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await reader.QueryAsync($"SELECT {Columns} FROM uploads WHERE id = $1 AND {IsNotDeleted}", [id], Read, cancellationToken);
        return found.FirstOrDefault();
    }

    /// <summary>Uploads, newest first.</summary>
    public Task<IReadOnlyList<Upload>> ListAsync(string? name, Guid? after, int limit, CancellationToken cancellationToken)
    {
        var filter = new SqlFilter().And(IsNotDeleted).And("name =", name).And("id <", after);
        var sql = $"SELECT {Columns} FROM uploads WHERE {filter.Where} ORDER BY id DESC LIMIT {filter.Parameter(limit)}";
        return reader.QueryAsync(sql, filter.Parameters, Read, cancellationToken);
    }

    private static Upload Read(DbDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.GetString(2),
        row.GetInt64(3),
        (UploadState)row.GetInt32(4),
        row.GetGuid(5),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.IsDBNull(7) ? null : row.GetGuid(7),
        row.GetFieldValue<DateTimeOffset>(8),
        row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9));
}

/// <summary>The row of an upload.</summary>
internal sealed record Upload(
    Guid Id,
    string Name,
    string ContentType,
    long Size,
    UploadState State,
    Guid TaskId,
    string? Sha256,
    Guid? Thumbnail,
    DateTimeOffset UploadedAt,
    DateTimeOffset? ProcessedAt);
