using Messaging.Faults.Schedule;

namespace Messaging.Faults.ClusterFaults;

/// <summary>A fault of a cluster: one at a time, with a calm after it in which its pause ends.</summary>
internal abstract class ClusterFault : IFault
{
    public abstract string Name { get; }

    public abstract string Description { get; }

    public virtual (int Min, int Max) Hold => (8, 20);

    public bool IsExclusive => true;

    public bool MayRepeatMail => true;

    public TimeSpan Calm => TimeSpan.FromSeconds(12);

    public abstract Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken);

    protected void Tell(FaultContext context, string details) => context.Log.Add(FaultKind.Note, Name, details);
}
