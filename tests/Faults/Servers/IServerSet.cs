using Messaging.Processes;

namespace Messaging.Faults.Servers;

/// <summary>The PostgreSQL and RabbitMQ of a run: one of each, or several.</summary>
internal interface IServerSet : IDisposable
{
    /// <summary>Each has a RabbitMQ.</summary>
    IReadOnlyList<LocalServers> Members { get; }

    /// <summary>Whose PostgreSQL takes writes.</summary>
    LocalServers Database { get; }

    /// <summary>Starts all of them, anew.</summary>
    Task StartAsync();

    /// <summary>Ends them, and deletes their data.</summary>
    Task StopAsync();

    /// <summary>Where a process finds them.</summary>
    ServerSettings SettingsOf(bool isApi, int mailPort, string filesFolder);
}
