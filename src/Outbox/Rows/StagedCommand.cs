namespace Messaging.Outbox;

/// <summary>A command that runs in the transaction of the unit of work it was staged in.</summary>
public sealed class StagedCommand
{
    internal StagedCommand(string sql, object?[] parameters)
    {
        foreach (var parameter in parameters)
        {
            StoredText.Check(parameter);
        }

        Sql = sql;
        Parameters = parameters;
        Affected = new StagingCondition(this, affected: true);
        AffectedNothing = new StagingCondition(this, affected: false);
    }

    /// <summary>Holds when the command changed at least one row.</summary>
    public StagingCondition Affected { get; }

    /// <summary>Holds when the command changed no row, as an <c>INSERT … ON CONFLICT DO NOTHING</c> that met a conflict.</summary>
    public StagingCondition AffectedNothing { get; }

    /// <summary>How many rows it changed; known when its unit of work has been committed.</summary>
    public int RowsAffected { get; internal set; }

    internal string Sql { get; }
    internal object?[] Parameters { get; }
}

/// <summary>
/// Decides inside the transaction whether a message is stored: the alternative to a read before the write, which would race.
/// </summary>
public sealed class StagingCondition
{
    private readonly bool _affected;

    internal StagingCondition(StagedCommand command, bool affected)
    {
        Command = command;
        _affected = affected;
    }

    internal StagedCommand Command { get; }
    internal bool Holds => Command.RowsAffected > 0 == _affected;
}
