using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>
/// The differences between databases in SQL that is otherwise the same: such a statement is written once, beside its reader, and
/// uses these members.
/// </summary>
internal interface ISqlDialect
{
    /// <summary>The names of the outbox's tables.</summary>
    TableNames Names { get; }

    /// <summary>The clause that makes a SELECT lock its rows until the commit; empty if a single writer has the whole database.</summary>
    string LockRows { get; }

    /// <summary>The clause that makes a SELECT skip rows that another transaction has locked, for a database with row locks.</summary>
    string SkipLocked { get; }

    /// <summary>A time that never comes: the due time of a row that waits for something other than a time.</summary>
    string Never { get; }

    /// <summary>The milliseconds since 1970 of a time in a column, as a whole number.</summary>
    string Milliseconds(string time);

    /// <summary>
    /// The condition of an outbox row that no dispatcher has claimed, as far as its columns show; <see cref="SkipLocked"/> covers
    /// the rest.
    /// </summary>
    string IsUnclaimed { get; }

    /// <summary>The condition of an outbox row that waits, and is not with a consumer.</summary>
    /// <param name="consumersSettle">Whether a row stays until its consumers are done: then a claimed one does not wait, however long they take.</param>
    string Waits(bool consumersSettle) => consumersSettle ? IsUnclaimed : "1 = 1";

    /// <summary>The condition that a column of bytes or text contains other bytes or text, in the same case.</summary>
    string Contains(string column, string part);

    /// <summary>The condition of outbox rows that a SELECT finds, by the fastest access to a row.</summary>
    /// <param name="select">Creates the SELECT of the given column.</param>
    string IsAmong(Func<string, string> select);

    /// <summary>Sets the position and value of a parameter; times of the outbox's own tables are <see cref="StoreTime"/> values.</summary>
    /// <param name="parameter">The driver's parameter.</param>
    /// <param name="number">Its number in the SQL, from 1.</param>
    /// <param name="value">The value.</param>
    void Bind(DbParameter parameter, int number, object? value);

    /// <summary>Runs an action on the database and translates its exceptions to those of the store.</summary>
    Task<T> TranslateAsync<T>(Func<Task<T>> action);
}
