namespace Messaging.Api.Tests.Dashboard;

/// <summary>The machine's time and more: what a clock shows later, while timers go on as they do.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
