using Messaging.Outbox.Store;

namespace Messaging.Outbox.PostgreSql.Reading;

/// <summary>The server's clock.</summary>
internal sealed class PostgresTime(IStoreQueries queries) : IStoreTime
{
    public bool HasClockOfItsOwn => true;

    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        (await queries.QueryAsync("SELECT clock_timestamp()", [], reader => reader.GetFieldValue<DateTimeOffset>(0), cancellationToken))[0];
}
