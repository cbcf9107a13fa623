namespace Messaging.Outbox;

/// <summary>A SQL command that runs in the transaction of its unit of work.</summary>
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

    /// <summary>True if the command changed at least one row.</summary>
    public StagingCondition Affected { get; }

    /// <summary>True if the command changed no row, such as an <c>INSERT … ON CONFLICT DO NOTHING</c> with a conflict.</summary>
    public StagingCondition AffectedNothing { get; }

    /// <summary>The number of changed rows; known after the unit of work is committed.</summary>
    public int RowsAffected { get; internal set; }

    internal string Sql { get; }
    internal object?[] Parameters { get; }
}

/// <summary>
/// A condition that decides inside the transaction whether a message is stored. It avoids the race of a read before the write.
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
