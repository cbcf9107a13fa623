using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>A span that ends with the block of its <c>using</c>; nothing without one.</summary>
internal readonly struct OpenSpan(Activity? span) : IDisposable
{
    public void Dispose()
    {
        if (span is not null)
        {
            OutboxTraces.End(span);
        }
    }
}
