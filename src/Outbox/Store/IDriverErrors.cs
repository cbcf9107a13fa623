namespace Messaging.Outbox.Store;

/// <summary>Interprets the exceptions of one database driver.</summary>
internal interface IDriverErrors
{
    /// <summary>Whether the exception is the database's answer to a statement.</summary>
    bool IsRefusal(Exception exception);

    /// <summary>The kind of an error that the database returned.</summary>
    SqlErrorKind KindOf(Exception exception);

    /// <summary>Whether the disk is full.</summary>
    bool IsDiskFull(Exception exception);

    /// <summary>The error code and a short message without values, of an error that the database returned.</summary>
    string TextOf(Exception exception);

    /// <summary>Whether the driver itself refuses a parameter, because it is missing or has an unsupported type.</summary>
    bool IsOfParameters(Exception exception);

    /// <summary>A description for the administrator of the database; null if the exception is not one of the driver's.</summary>
    string? Describe(Exception exception);
}
