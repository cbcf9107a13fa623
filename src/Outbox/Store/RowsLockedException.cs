namespace Messaging.Outbox.Store;

/// <summary>Another transaction has had rows locked for longer than they were to be waited for. Nothing was changed.</summary>
internal sealed class RowsLockedException(Exception inner) : Exception("Another transaction has rows locked.", inner);
