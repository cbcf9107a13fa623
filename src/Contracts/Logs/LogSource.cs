namespace Messaging.Contracts;

/// <summary>Who wrote an entry of the activity log.</summary>
public enum LogSource
{
    /// <summary>The entry is older than the column; its source is not known.</summary>
    Unknown = 0,

    /// <summary>A caller of the API: the service does not vouch for the content.</summary>
    Caller = 1,

    /// <summary>The access log.</summary>
    Access = 2,

    /// <summary>The service itself.</summary>
    Service = 3,
}
