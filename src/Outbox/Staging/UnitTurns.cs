namespace Messaging.Outbox.Staging;

/// <summary>Allows a unit of work one operation at a time, because it has one transaction. Actions in that transaction can be nested.</summary>
internal sealed class UnitTurns
{
    private bool _isBusy;
    private int _actions;

    /// <summary>Whether an operation is running.</summary>
    public bool IsBusy => _isBusy;

    /// <exception cref="UnitOfWorkMisuseException">Another operation is running.</exception>
    public Turn Enter() => Interlocked.Exchange(ref _isBusy, true) ? throw UnitOfWorkMisuseException.TwoAtOnce() : new Turn(this);

    /// <summary>The turn of a commit, which no action may still use.</summary>
    /// <exception cref="UnitOfWorkMisuseException">Another operation or an action is running.</exception>
    public Turn EnterAlone()
    {
        var turn = Enter();
        if (Volatile.Read(ref _actions) == 0)
        {
            return turn;
        }

        turn.Dispose();
        throw UnitOfWorkMisuseException.TwoAtOnce();
    }

    /// <summary>Runs an action in the transaction of the unit.</summary>
    public async Task<T> RunActionAsync<T>(Func<Task<T>> action)
    {
        Interlocked.Increment(ref _actions);
        try
        {
            return await action();
        }
        finally
        {
            Interlocked.Decrement(ref _actions);
        }
    }

    internal readonly struct Turn(UnitTurns turns) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref turns._isBusy, false);
    }
}
