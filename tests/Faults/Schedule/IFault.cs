using Messaging.Faults.Load;
using Messaging.Faults.Servers;

namespace Messaging.Faults.Schedule;

/// <summary>A kind of fault.</summary>
internal interface IFault
{
    /// <summary>As <c>--only</c> takes it.</summary>
    string Name { get; }

    /// <summary>One line.</summary>
    string Description { get; }

    /// <summary>The shortest and the longest time that it is held, in seconds.</summary>
    (int Min, int Max) Hold { get; }

    /// <summary>Nothing else is wrong while it runs.</summary>
    bool IsExclusive => false;

    /// <summary>How long nothing else happens after it, so that what it costs is seen.</summary>
    TimeSpan Calm => TimeSpan.Zero;

    /// <summary>It can end a delivery after its mail was sent, or have a message sent twice.</summary>
    bool MayRepeatMail => false;

    /// <summary>Applies it, holds it, and heals. All that is drawn comes from <paramref name="random"/>.</summary>
    Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken);
}

/// <summary>What a fault is done to.</summary>
internal sealed record FaultContext(SystemUnderTest System, FaultLog Log, PoisonLedger Poison, TimeSpan Hold)
{
    /// <summary>Waits for as long as the fault is to be held; also at the end of the run it is healed.</summary>
    public async Task HoldAsync(CancellationToken cancellationToken) =>
        await Task.Delay(Hold, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
