namespace Messaging.Browser.Tests.Hosts;

/// <summary>Where the tasks are kept, and with it the system that has the dashboard.</summary>
public enum Store
{
    /// <summary>Standalone, one process.</summary>
    Sqlite,

    /// <summary>An API and a worker, over RabbitMQ.</summary>
    Postgres,
}
