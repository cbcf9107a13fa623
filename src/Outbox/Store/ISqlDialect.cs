using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>What differs between databases in SQL that is otherwise the same: such a statement stands once, beside its reader, and asks here.</summary>
internal interface ISqlDialect
{
    /// <summary>What the outbox's tables are called.</summary>
    TableNames Names { get; }

    /// <summary>What makes a SELECT lock its rows until the commit; nothing where one writer has the whole database.</summary>
    string LockRows { get; }

    /// <summary>What makes a SELECT leave out rows that another transaction has locked, for a database that has row locks.</summary>
    string SkipLocked { get; }

    /// <summary>A moment that never comes: when a row is due that waits for something else than a time.</summary>
    string Never { get; }

    /// <summary>The condition of a row of the outbox that no dispatcher has claimed, as far as its columns tell; the rest is <see cref="SkipLocked"/>.</summary>
    string IsUnclaimed { get; }

    /// <summary>The condition of the rows of the outbox that a SELECT finds, by what leads to a row fastest.</summary>
    /// <param name="select">Makes the SELECT of the column that it is given.</param>
    string IsAmong(Func<string, string> select);

    /// <summary>Gives a parameter its place and its value; moments of the outbox's own tables are a <see cref="StoreTime"/>.</summary>
    /// <param name="parameter">The driver's.</param>
    /// <param name="number">Its number in the SQL, from 1.</param>
    /// <param name="value">The value.</param>
    void Bind(DbParameter parameter, int number, object? value);

    /// <summary>Runs what uses the database by itself, and turns its errors into those of the store.</summary>
    Task<T> TranslateAsync<T>(Func<Task<T>> action);
}
