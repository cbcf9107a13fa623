namespace Messaging.Outbox.Feed;

/// <summary>Readings of the database that callers of this process share.</summary>
internal interface ISharedReadings
{
    /// <summary>The next caller of each reads anew, because something was changed. Who waits for a reading gets that one.</summary>
    void Forget();
}
