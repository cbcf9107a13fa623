using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary><c>kill -9</c> and restart of PostgreSQL or RabbitMQ.</summary>
internal sealed class KillServer(string name, string server) : IFault
{
    public string Name => name;

    public string Description => $"kill -9 of {server} with its children, and its restart after a while";

    public (int Min, int Max) Hold => (2, 12);

    public bool IsExclusive => true;

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        await context.System.Servers.KillAsync(server);
        await context.HoldAsync(cancellationToken);
        await context.System.Servers.StartAsync(server);
    }
}
