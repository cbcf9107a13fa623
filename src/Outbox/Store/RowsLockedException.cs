namespace Messaging.Outbox.Store;

/// <summary>Another transaction has locked rows for longer than the lock timeout. Nothing was changed.</summary>
internal sealed class RowsLockedException(Exception inner) : Exception("Another transaction has rows locked.", inner);
