using Messaging.Outbox.Staging;

namespace Messaging.Outbox.Tests.Staging;

public sealed class TransactionWordsTests
{
    [Theory]
    [InlineData("COMMIT")]
    [InlineData("  commit;")]
    [InlineData("-- it's done\nRollback")]
    [InlineData("/* ; */ BEGIN")]
    [InlineData("ROLLBACK WORK")]
    [InlineData("START TRANSACTION")]
    [InlineData("PREPARE TRANSACTION 'a'")]
    [InlineData("UPDATE a SET b = 'it''s; '; COMMIT")]
    [InlineData("DELETE FROM a WHERE b = '-- no'; -- yes\n; end")]
    public void A_statement_that_begins_or_ends_a_transaction_is_refused(string sql) =>
        Assert.Throws<UnitOfWorkMisuseException>(() => TransactionWords.Check(sql));

    [Theory]
    [InlineData("")]
    [InlineData("INSERT INTO commits (name) VALUES ('; COMMIT')")]
    [InlineData("UPDATE a SET b = 1 -- ; commit")]
    [InlineData("SELECT \"; rollback\" FROM a; SELECT 5 - 2 / 1")]
    [InlineData("COMMIT_LOG_ROTATE")]
    [InlineData("SAVEPOINT one")]
    [InlineData("ROLLBACK TO one")]
    [InlineData("rollback transaction to savepoint one")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; END")]
    public void Any_other_statement_passes(string sql) => TransactionWords.Check(sql);
}
