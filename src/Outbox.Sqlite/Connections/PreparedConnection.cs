using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Connections;

/// <summary>A connection that keeps its statements, so that each SQL string is parsed once.</summary>
internal sealed class PreparedConnection(string connectionString, TableNames names) : SqliteConnection(connectionString)
{
    /// <summary>
    /// The library's own statements are half of this; staged commands whose SQL differs each time must not fill the memory.
    /// </summary>
    private const int MaxKept = 256;

    public TableNames Names => names;

    // The key contains the number of parameters: if one is missing, the value of an earlier run must not be used.
    private readonly Dictionary<(string Sql, int Parameters, bool AsWritten), SqliteCommand> _kept = [];

    /// <summary>Prepares a statement of the library; its table names are replaced once, when it is parsed.</summary>
    /// <returns>A statement that belongs to this connection: run it at once and do not dispose it. Its reader is disposed.</returns>
    public SqliteCommand Prepare(SqliteTransaction? transaction, string sql, params ReadOnlySpan<object?> parameters) =>
        Prepare(transaction, sql, asWritten: false, parameters);

    /// <summary>Prepares a statement of the application.</summary>
    public SqliteCommand PrepareAsWritten(SqliteTransaction? transaction, string sql, params ReadOnlySpan<object?> parameters) =>
        Prepare(transaction, sql, asWritten: true, parameters);

    /// <returns>The number of rows that were written.</returns>
    public int Execute(SqliteTransaction? transaction, string sql, params ReadOnlySpan<object?> parameters) =>
        Prepare(transaction, sql, parameters).ExecuteNonQuery();

    /// <summary>Reads all rows of a statement of the library.</summary>
    public List<T> Query<T>(SqliteTransaction? transaction, string sql, Func<DbDataReader, T> read, params ReadOnlySpan<object?> parameters) =>
        ReadAll(Prepare(transaction, sql, parameters), read);

    /// <summary>Reads all rows of a statement of the application.</summary>
    public List<T> QueryAsWritten<T>(SqliteTransaction? transaction, string sql, Func<DbDataReader, T> read, params ReadOnlySpan<object?> parameters) =>
        ReadAll(PrepareAsWritten(transaction, sql, parameters), read);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
        }

        base.Dispose(disposing);
    }

    private static List<T> ReadAll<T>(SqliteCommand command, Func<DbDataReader, T> read)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private SqliteCommand Prepare(SqliteTransaction? transaction, string sql, bool asWritten, ReadOnlySpan<object?> parameters)
    {
        if (!_kept.TryGetValue((sql, parameters.Length, asWritten), out var command))
        {
            command = Add(sql, parameters.Length, asWritten);
        }

        command.Transaction = transaction;
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = SqliteDialect.ValueOf(parameters[i]);
        }

        return command;
    }

    private SqliteCommand Add(string sql, int parameters, bool asWritten)
    {
        if (_kept.Count >= MaxKept)
        {
            Forget();
        }

        var command = CreateCommand();
        command.CommandText = asWritten ? sql : names.In(sql);
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        _kept.Add((sql, parameters, asWritten), command);
        return command;
    }

    private void Forget()
    {
        foreach (var command in _kept.Values)
        {
            command.Dispose();
        }

        _kept.Clear();
    }
}
