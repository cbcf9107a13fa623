namespace Messaging.Faults.Hooks;

/// <summary>The system's clock, with an offset to what it says; its timers do not notice.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _offset;

    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _offset));
        set => Interlocked.Exchange(ref _offset, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}
