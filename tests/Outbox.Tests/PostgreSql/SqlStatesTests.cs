using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

public sealed class SqlStatesTests
{
    [Theory]
    [InlineData("FATAL", "XX000", false)] // a full disk: could not write init file
    [InlineData("PANIC", "XX000", false)]
    [InlineData("ERROR", "XX000", true)]
    [InlineData("ERROR", "23505", true)]
    public void A_session_that_the_server_ends_is_no_fault_of_a_statement(string severity, string state, bool ofStatement)
    {
        var exception = new PostgresException("could not write init file", severity, severity, state);

        Assert.Equal(ofStatement ? SqlErrorKind.Other : SqlErrorKind.Unavailable, SqlStates.KindOf(exception));
    }

    [Fact]
    public void A_right_that_is_missing_stays_a_refusal_whatever_its_severity()
    {
        Assert.Equal(SqlErrorKind.Permanent, SqlStates.KindOf(new PostgresException("permission denied", "FATAL", "FATAL", "42501")));
    }
}
