using System.Globalization;
using Messaging.Faults.Load;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;
using Messaging.Faults.Verdict;

namespace Messaging.Faults.Commands;

/// <summary>Load and faults side by side, then the wait until the system is quiet, and what is found then.</summary>
internal sealed class FaultRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SystemUnderTest _system;
    private readonly FaultLog _log;
    private readonly RunSettings _settings;
    private readonly IReadOnlyList<PlannedFault> _plan;
    private readonly PoisonLedger _poison = new();
    private readonly Ledger _ledger = new();
    private readonly FaultRunner _faults;
    private readonly QuietWatch _quiet;
    private readonly DateTime _begin = DateTime.UtcNow;
    private string _phase = "load";

    public FaultRun(SystemUnderTest system, FaultLog log, RunSettings settings, IReadOnlyList<PlannedFault> plan)
    {
        (_system, _log, _settings, _plan) = (system, log, settings, plan);
        _faults = new FaultRunner(new FaultContext(system, log, _poison, TimeSpan.Zero));
        _quiet = new QuietWatch(system);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var load = new SteadyLoad(_ledger, [.. _system.Supervisor.Apis.Select(a => a.Address)], _settings.Rate);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(_settings.Duration);
        var faults = _faults.RunAsync(_plan, stop.Token);
        await load.RunAsync(stop.Token, giveUp.Token);
        _phase = "healing";
        await faults.WaitAsync(cancellationToken);

        _phase = "wait for answers";
        for (var end = DateTime.UtcNow + Patience; load.Open > 0 && DateTime.UtcNow < end;)
        {
            await Task.Delay(200, cancellationToken);
        }

        await giveUp.CancelAsync();
        _phase = "wait until quiet";
        await _quiet.WaitAsync(cancellationToken);
    }

    public IReadOnlyList<(string Name, string Value)> Figures() =>
    [
        (_phase, (DateTime.UtcNow - _begin).ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture)),
        ("requests", Number(_ledger.Count)),
        ("accepted", Number(_ledger.Accepted)),
        ("mails", Number(_system.Smtp.Mails.Count)),
        ("died", Number(_system.Supervisor.Crashes)),
        ("now", _quiet.Open ?? (_faults.Running.Count > 0 ? string.Join(" + ", _faults.Running) : "no fault")),
    ];

    public async Task<Evidence> GatherAsync()
    {
        await using var connection = await _system.Postgres.OpenAsync();
        return new Evidence
        {
            Requests = [.. _ledger.Entries],
            Database = await Snapshot.ReadAsync(connection),
            Mails = [.. _system.Smtp.Mails],
            Faults = [.. _log.Events],
            Poison = [.. _poison.All],
            Workers = _system.Supervisor.Workers.Count,
            Queues = await _system.Broker.DepthsAsync(),
            Sessions = await _system.Postgres.SessionsAsync(),
            Errors = _faults.Errors,
            LogLines = [.. _system.LogLines],
        };
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
