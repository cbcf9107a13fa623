namespace Messaging.Outbox.Tests.Clock;

/// <summary>The clock of a machine that is wrong by as much as a test says; its timers and time stamps are right.</summary>
internal sealed class MachineTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
