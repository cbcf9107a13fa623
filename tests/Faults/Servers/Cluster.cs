using System.Net;
using System.Net.NetworkInformation;
using Messaging.Faults.Links;
using Messaging.Processes;

namespace Messaging.Faults.Servers;

/// <summary>Three RabbitMQ nodes that form a cluster, and two PostgreSQL of which one is the other's synchronous standby.</summary>
internal sealed class Cluster : IServerSet
{
    private const int Size = 3;

    public Cluster(string folder)
    {
        Members = [.. Enumerable.Range(1, Size).Select(i => new LocalServers(folder, SystemUnderTest.BasePort, member: i))];
        Links = new NodeLinks(Members);
        Databases = new DatabasePair(Members[0], Members[1]);
    }

    public IReadOnlyList<LocalServers> Members { get; }

    public NodeLinks Links { get; }

    public DatabasePair Databases { get; }

    public LocalServers Database => Databases.Primary;

    public async Task StartAsync()
    {
        await StopAsync();
        await Members[0].StartAsync("rabbitmq"); // the others join it
        await Members[0].StartAsync("postgres");
        await Databases.AttachAsync();
        await Task.WhenAll(Members.Skip(1).Select(m => m.StartAsync("rabbitmq")));
    }

    public async Task StopAsync()
    {
        foreach (var member in Members.Reverse())
        {
            await member.StopAsync();
        }
    }

    public ServerSettings SettingsOf(bool isApi, int mailPort, string filesFolder) => new()
    {
        DatabaseHost = $"{Members[0].Address},{Members[1].Address}",
        DatabasePort = Members[0].PostgresPort,
        BrokerHost = string.Join(',', Members.Select(m => m.Address)),
        BrokerPort = Members[0].RabbitMqPort,
        MailPort = mailPort,
        FilesFolder = filesFolder,
    };

    /// <summary>The node that most of the processes' connections go to.</summary>
    public LocalServers Connected()
    {
        var connections = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Where(c => c.State == TcpState.Established).CountBy(c => c.RemoteEndPoint).ToDictionary();
        return Members.MaxBy(m => connections.GetValueOrDefault(new IPEndPoint(IPAddress.Parse(m.Address), m.RabbitMqPort)))!;
    }

    /// <summary>What one node is called in the report.</summary>
    public string NameOf(LocalServers member) => $"member {Members.Index().First(m => m.Item == member).Index + 1}";

    public void Dispose()
    {
        Links.Dispose();
        Databases.Dispose();
    }
}
