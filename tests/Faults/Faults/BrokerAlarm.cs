using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>RabbitMQ is short of memory or disk, and blocks all who publish.</summary>
internal sealed class BrokerAlarm(string name, string[] raise, string[] clear) : IFault
{
    public string Name => name;

    public string Description => "the broker blocks its publishers";

    public (int Min, int Max) Hold => (4, 15);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        await context.System.Servers.CtlAsync(raise);
        await context.HoldAsync(cancellationToken);
        await context.System.Servers.CtlAsync(clear);
    }
}
