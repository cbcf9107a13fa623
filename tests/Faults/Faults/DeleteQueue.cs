using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>A queue is deleted under its consumers, with what is in it.</summary>
internal sealed class DeleteQueue : IFault
{
    private static readonly string[] Queues = ["user-registered", "log-requested", "cache-refresh-requested"];

    public string Name => "queue-deleted";

    public string Description => "a queue is deleted under its consumers, with what is in it";

    public (int Min, int Max) Hold => (3, 6);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var queue = Queues[random.Next(Queues.Length)];
        await context.System.Broker.DeleteQueueAsync(queue);
        context.Log.Add(FaultKind.Note, Name, queue);
        await context.HoldAsync(cancellationToken);
    }
}
