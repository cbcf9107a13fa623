namespace Messaging.Outbox.Store;

/// <summary>The cause of a database error, which determines the reaction.</summary>
internal enum SqlErrorKind
{
    /// <summary>Unknown: the caller's policy decides.</summary>
    Other,

    /// <summary>The database is unavailable or unusable. Waiting may help.</summary>
    Unavailable,

    /// <summary>The connection failed and is discarded; a new one may work.</summary>
    Connection,

    /// <summary>A conflict with another transaction; a retry may succeed.</summary>
    Conflict,

    /// <summary>The statement or its data is invalid. A retry fails again.</summary>
    Permanent,
}
