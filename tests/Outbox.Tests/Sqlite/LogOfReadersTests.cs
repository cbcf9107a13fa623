using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Sqlite;

/// <summary>Reads that overlap all the time, so that SQLite finds no moment to begin its log anew.</summary>
public sealed class LogOfReadersTests
{
    [Fact]
    public async Task The_log_stays_small_while_somebody_always_reads()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a.db");
        using var database = new SqliteDatabase($"Data Source={file};Pooling=False", TableNames.Sqlite(""), maxLogPages: 100);
        await database.WriteAsync((connection, transaction) => connection.Execute(transaction, "CREATE TABLE a (b BLOB)"), TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 6).Select(_ => Task.Run(() => ReadAsync(database, stop.Token))).ToList();
        var (longest, blob) = (0L, new byte[20_000]);
        for (var i = 0; i < 2_000; i++)
        {
            await database.WriteAsync((connection, transaction) => connection.Execute(transaction, "INSERT INTO a VALUES ($1)", blob), TestContext.Current.CancellationToken);
            longest = Math.Max(longest, new FileInfo($"{file}-wal").Length);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);

        Assert.InRange(longest, 0, 20_000_000); // of some 50 MB that were written
    }

    private static async Task ReadAsync(SqliteDatabase database, CancellationToken stop)
    {
        const string Long = "WITH RECURSIVE n(i) AS (SELECT (SELECT count(*) FROM a LIMIT 1) UNION ALL SELECT i + 1 FROM n LIMIT 60000) SELECT max(i) FROM n";
        while (!stop.IsCancellationRequested)
        {
            await database.ReadAsync(connection => connection.QueryAsWritten(null, Long, row => row.IsDBNull(0)), CancellationToken.None);
        }
    }
}
