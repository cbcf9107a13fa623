using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Stores;

public sealed class TableNamesTests
{
    private const string Sql = "UPDATE messaging.tasks AS tasks SET state = 1 WHERE tasks.id IN (SELECT id FROM messaging.outbox)";

    [Fact]
    public void With_the_defaults_a_statement_is_left_as_it_is() => Assert.Same(Sql, TableNames.Postgres().In(Sql));

    [Theory]
    [InlineData("mq", "", "UPDATE \"mq\".tasks AS tasks SET state = 1 WHERE tasks.id IN (SELECT id FROM \"mq\".outbox)")]
    [InlineData("messaging", "x_", "UPDATE messaging.x_tasks AS tasks SET state = 1 WHERE tasks.id IN (SELECT id FROM messaging.x_outbox)")]
    [InlineData("order", "x_", "UPDATE \"order\".x_tasks AS tasks SET state = 1 WHERE tasks.id IN (SELECT id FROM \"order\".x_outbox)")]
    public void A_store_has_its_own_names(string schema, string prefix, string expected) => Assert.Equal(expected, TableNames.Postgres(schema, prefix).In(Sql));

    [Theory]
    [InlineData("", "UPDATE tasks AS tasks SET state = 1 WHERE tasks.id IN (SELECT id FROM outbox)")]
    [InlineData("x_", "UPDATE x_tasks AS tasks SET state = 1 WHERE tasks.id IN (SELECT id FROM x_outbox)")]
    public void Sqlite_has_no_schema(string prefix, string expected) => Assert.Equal(expected, TableNames.Sqlite(prefix).In(Sql));

    [Theory]
    [InlineData("")]
    [InlineData("Messaging")]
    [InlineData("a-b")]
    [InlineData("1a")]
    [InlineData("a\n")]
    [InlineData("a\"; DROP SCHEMA public; --")]
    [InlineData("pg_outbox")]
    [InlineData("information_schema")]
    [InlineData("a123456789012345678901234567890x")]
    public void A_malformed_name_is_refused(string name)
    {
        Assert.Contains("up to 31 characters of a to z", Assert.Throws<ArgumentException>(() => TableNames.Postgres(name)).Message, StringComparison.Ordinal);
        if (name.Length > 0)
        {
            Assert.Throws<ArgumentException>(() => TableNames.Sqlite(name));
        }
    }
}
