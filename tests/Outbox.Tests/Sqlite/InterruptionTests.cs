using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Tests.Sqlite;

public sealed class InterruptionTests : IDisposable
{
    private const string Endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    private readonly PreparedConnection _connection = new("Data Source=:memory:", TableNames.Sqlite());

    public InterruptionTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void An_endless_statement_ends_with_its_deadline()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        Assert.Throws<OperationCanceledException>(() => _connection.UntilCancelled(() => Scalar(Endless), deadline.Token));

        Assert.Equal(1L, Scalar("SELECT 1")); // the connection is as before
    }

    [Fact]
    public void A_statement_ends_as_usual_without_a_cancellation() => Assert.Equal(1L, _connection.UntilCancelled(() => Scalar("SELECT 1"), default));

    [Fact]
    public void Other_errors_stay_as_they_are() => Assert.Throws<SqliteException>(() => _connection.UntilCancelled(() => Scalar("SELECT nothing"), default));

    private object? Scalar(string sql) => _connection.Prepare(transaction: null, sql).ExecuteScalar();
}
