namespace Messaging.Contracts;

/// <summary>Who wrote an entry of the activity log.</summary>
public enum LogSource
{
    /// <summary>It is from before the column, and could be anybody's.</summary>
    Unknown = 0,

    /// <summary>Whoever called the API: nothing in the entry is vouched for.</summary>
    Caller = 1,

    /// <summary>The access log.</summary>
    Access = 2,

    /// <summary>The service itself.</summary>
    Service = 3,
}
