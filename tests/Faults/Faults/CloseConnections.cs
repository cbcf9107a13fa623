using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>An operator closes connections with the management API.</summary>
internal sealed class CloseConnections : IFault
{
    public string Name => "connections-closed";

    public string Description => "connections to the broker are closed by its management API";

    public (int Min, int Max) Hold => (3, 8);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var closed = 0;
        foreach (var connection in (await context.System.Broker.ConnectionsAsync()).Order(StringComparer.Ordinal))
        {
            if (random.Next(2) == 0)
            {
                await context.System.Broker.CloseConnectionAsync(connection);
                closed++;
            }
        }

        context.Log.Add(FaultKind.Note, Name, $"{closed} connection(s)");
        await context.HoldAsync(cancellationToken);
    }
}
