namespace Messaging.Outbox.Store;

/// <summary>Whose fault it is that a database did not do what it was asked, which decides what is done next.</summary>
internal enum SqlErrorKind
{
    /// <summary>Not known: the policy of whoever asked decides.</summary>
    Other,

    /// <summary>The database's: it cannot be reached, or used. Waiting may help.</summary>
    Unavailable,

    /// <summary>The connection's, which is thrown away; a new one may do.</summary>
    Connection,

    /// <summary>Another transaction's; the same again may pass.</summary>
    Conflict,

    /// <summary>The statement's, or its data's. The same again fails again.</summary>
    Permanent,
}
