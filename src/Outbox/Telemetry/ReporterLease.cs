namespace Messaging.Outbox.Telemetry;

/// <summary>
/// What this process knows about the reporter, the one process that reads the figures of all: learnt from a column of a
/// statement that every process runs anyway (docs/decisions/0044).
/// </summary>
internal sealed class ReporterLease
{
    private volatile bool _isFree, _isFreeForExporters;

    /// <summary>By which name this process holds the lease, if it does: what it releases when it leaves.</summary>
    public Guid? Holder { get; set; }

    /// <summary>Whether this process may try to become the reporter.</summary>
    /// <param name="exports">Whether somebody in this process listens to the figures.</param>
    public bool IsFree(bool exports) => _isFree || (exports && _isFreeForExporters);

    /// <param name="isHeld">Whether a process holds the lease.</param>
    /// <param name="exports">Whether somebody listens to that process.</param>
    public void Learn(bool isHeld, bool exports) => (_isFree, _isFreeForExporters) = (!isHeld, !exports);

    /// <summary>Another process was faster: wait for what the next statement says.</summary>
    public void Lost()
    {
        (_isFree, _isFreeForExporters) = (false, false);
        Holder = null;
    }
}
