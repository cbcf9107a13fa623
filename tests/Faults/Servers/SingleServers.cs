using Messaging.Faults.Links;
using Messaging.Processes;

namespace Messaging.Faults.Servers;

/// <summary>One PostgreSQL and one RabbitMQ, behind links that can be cut.</summary>
internal sealed class SingleServers : IServerSet
{
    private const string DiskSize = "768m";

    public SingleServers(string folder)
    {
        Database = new LocalServers(folder, SystemUnderTest.BasePort, DiskSize);
        Links = new NetworkLinks(SystemUnderTest.BasePort, Database.PostgresPort, Database.RabbitMqPort);
    }

    public LocalServers Database { get; }

    public NetworkLinks Links { get; }

    public IReadOnlyList<LocalServers> Members => [Database];

    public Task StartAsync() => Database.StartAsync();

    public Task StopAsync() => Database.StopAsync();

    public ServerSettings SettingsOf(bool isApi, int mailPort, string filesFolder) => new()
    {
        DatabasePort = (isApi ? Links.ApiDatabase : Links.WorkerDatabase).Port,
        BrokerPort = (isApi ? Links.ApiBroker : Links.WorkerBroker).Port,
        MailPort = mailPort,
        FilesFolder = filesFolder,
    };

    public void Dispose() => Links.Dispose();
}
