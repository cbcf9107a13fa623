using Messaging.Outbox.Store;

namespace Messaging.Outbox.Queues;

/// <summary>
/// Work that consumption does not need, such as on tables for which a role may have no rights: a failure costs only itself, is
/// logged once, and is tried again after a minute if the database refuses the statement.
/// </summary>
internal sealed class OptionalWork(TimeProvider time, Action<string> log)
{
    /// <summary>A refused statement is an entry in the server's log as well, so it is not tried with each poll.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long? _refusedAt;
    private bool _hasFailed;

    /// <summary>Whether it may be tried now.</summary>
    public bool IsDue => _refusedAt is not { } at || time.GetElapsedTime(at) >= Pause;

    public void Succeed() => (_refusedAt, _hasFailed) = (null, false);

    public void Fail(Exception exception)
    {
        _refusedAt = SqlErrors.IsPermanent(exception) ? time.GetTimestamp() : null;
        if (!_hasFailed)
        {
            _hasFailed = true;
            log(FailureText.Of(exception));
        }
    }
}
