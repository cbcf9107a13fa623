using System.Globalization;
using Messaging.Processes;

namespace Messaging.Faults.Servers;

/// <summary>
/// A PostgreSQL and its standby, led as an orchestrator leads them: while the standby is there each commit waits for it; a standby that is
/// promoted takes commits alone until the other has come back as its own.
/// </summary>
internal sealed class DatabasePair(LocalServers first, LocalServers second) : IDisposable
{
    private (LocalServers Server, Postgres Sql) _primary = (first, new Postgres(first));
    private (LocalServers Server, Postgres Sql) _standby = (second, new Postgres(second));

    public LocalServers Primary => _primary.Server;

    public LocalServers Standby => _standby.Server;

    /// <summary>The standby, which is not running, becomes a copy of the primary, and commits wait for it.</summary>
    public async Task AttachAsync()
    {
        await Standby.StartStandbyAsync(Primary);
        await WaitAsync("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn) < 1000000");
        await _primary.Sql.InsistAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
        await _primary.Sql.InsistAsync("SELECT 1 FROM pg_reload_conf()");
        await WaitAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'");
    }

    /// <summary>The standby takes over. The primary has to be dead by now: two that take writes are not told apart.</summary>
    public async Task PromoteAsync()
    {
        await Standby.PromoteAsync();
        (_primary, _standby) = (_standby, _primary);
        await _primary.Sql.InsistAsync("ALTER SYSTEM SET synchronous_standby_names = ''");
        await _primary.Sql.InsistAsync("SELECT 1 FROM pg_reload_conf()");
    }

    public void Dispose()
    {
        _primary.Sql.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _standby.Sql.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private async Task WaitAsync(string count)
    {
        for (var end = DateTime.UtcNow.AddMinutes(2); await _primary.Sql.InsistAsync(count) == 0; await Task.Delay(200))
        {
            if (DateTime.UtcNow > end)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The standby does not come: {count} is 0."));
            }
        }
    }
}
