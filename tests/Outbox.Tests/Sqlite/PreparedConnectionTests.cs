using Messaging.Outbox.Sqlite.Connections;

namespace Messaging.Outbox.Tests.Sqlite;

/// <summary>Statements that are kept do what they would do if they were not.</summary>
public sealed class PreparedConnectionTests : IDisposable
{
    private readonly PreparedConnection _connection = new("Data Source=:memory:", Messaging.Outbox.Store.TableNames.Sqlite());

    public PreparedConnectionTests()
    {
        _connection.Open();
        _connection.Execute(null, "CREATE TABLE t (a, b)");
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Each_run_has_values_of_its_own_of_whatever_type()
    {
        foreach (var value in (object?[])[1, "one", null, new byte[] { 1 }, 1.5])
        {
            _connection.Execute(null, "INSERT INTO t (a) VALUES ($1)", value);
        }

        Assert.Equal(["integer", "text", "null", "blob", "real"], Rows("SELECT typeof(a) FROM t ORDER BY rowid"));
    }

    [Fact]
    public void A_missing_parameter_does_not_keep_an_earlier_value()
    {
        const string Insert = "INSERT INTO t (a, b) VALUES ($1, $2)";
        _connection.Execute(null, Insert, "a", "b");

        Assert.Throws<InvalidOperationException>(() => _connection.Execute(null, Insert, "other"));
        Assert.Equal(["1"], Rows("SELECT count(*) FROM t"));
    }

    [Fact]
    public void A_statement_that_failed_can_be_run_again()
    {
        _connection.Execute(null, "CREATE UNIQUE INDEX one ON t (a)");
        const string Insert = "INSERT INTO t (a) VALUES ($1)";
        _connection.Execute(null, Insert, "a");

        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => _connection.Execute(null, Insert, "a"));
        Assert.Equal(1, _connection.Execute(null, Insert, "b"));
    }

    [Fact]
    public void The_cache_of_statements_is_bounded_and_all_run()
    {
        foreach (var number in Enumerable.Range(0, 1_000))
        {
            Assert.Equal(1, _connection.Execute(null, $"INSERT INTO t (a) VALUES ({number})"));
        }

        Assert.Equal(["1000"], Rows("SELECT count(DISTINCT a) FROM t"));
    }

    private List<string> Rows(string sql)
    {
        using var reader = _connection.Prepare(null, sql).ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
