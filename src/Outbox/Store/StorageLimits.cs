namespace Messaging.Outbox.Store;

/// <summary>Limits of the store's space.</summary>
/// <param name="MinFreeBytes">The bytes to keep free on the disk of a store that is a file.</param>
/// <param name="MaxDatabaseBytes">The maximum size of a database on a server, whose disk is not visible.</param>
/// <param name="SizeInterval">How often the size is queried.</param>
internal sealed record StorageLimits(long? MinFreeBytes, long? MaxDatabaseBytes, TimeSpan SizeInterval);
