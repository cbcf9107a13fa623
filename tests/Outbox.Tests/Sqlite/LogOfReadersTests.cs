using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Time.Testing;

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

    [Fact]
    public async Task A_long_read_lets_others_wait_for_the_log_once()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        using var database = new SqliteDatabase($"Data Source={folder.File("a.db")};Pooling=False", TableNames.Sqlite(""), maxLogPages: 32, time);
        await database.WriteAsync((connection, transaction) => connection.Execute(transaction, "CREATE TABLE a (b BLOB)"), TestContext.Current.CancellationToken);
        using var ends = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var reading = Task.Run(() => database.ReadAsync(
            connection => connection.QueryAsWritten(null, "SELECT count(*) FROM a UNION ALL SELECT 1", row =>
            {
                begun.TrySetResult();
                ends.Wait(TestContext.Current.CancellationToken);
                return 0;
            }),
            TestContext.Current.CancellationToken));
        await begun.Task;

        await WriteAsync();
        Assert.Equal(1, database.TimesClosed);
        time.Advance(TimeSpan.FromMinutes(1));
        await WriteAsync();
        Assert.Equal(2, database.TimesClosed);

        ends.Set();
        await reading;
        time.Advance(TimeSpan.FromMinutes(1));
        await WriteAsync();
        Assert.InRange(new FileInfo($"{folder.File("a.db")}-wal").Length, 0, 1_000_000); // shortened

        async Task WriteAsync()
        {
            for (var i = 0; i < 200; i++)
            {
                await database.WriteAsync(
                    (connection, transaction) => connection.Execute(transaction, "INSERT INTO a VALUES ($1)", new byte[20_000]), TestContext.Current.CancellationToken);
            }
        }
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
