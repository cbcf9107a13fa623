namespace Messaging.Outbox.Store;

/// <summary>What the exceptions of one database driver mean.</summary>
internal interface IDriverErrors
{
    /// <summary>Whether it is what the database said to a statement.</summary>
    bool IsRefusal(Exception exception);

    /// <summary>Of what the database said.</summary>
    SqlErrorKind KindOf(Exception exception);

    /// <summary>Whether there is no space left for what was to be written.</summary>
    bool IsDiskFull(Exception exception);

    /// <summary>The code and a short message without values, of what the database said.</summary>
    string TextOf(Exception exception);

    /// <summary>Whether the driver itself refuses a parameter: it is missing, or of a type that it cannot write.</summary>
    bool IsOfParameters(Exception exception);

    /// <summary>What is wrong with the database, for whoever looks after it; null when the exception is none of the driver's.</summary>
    string? Describe(Exception exception);
}
