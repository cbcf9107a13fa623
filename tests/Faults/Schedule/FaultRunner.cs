using System.Collections.Concurrent;

namespace Messaging.Faults.Schedule;

/// <summary>Runs a plan: at most two faults at once, and one that is exclusive by itself.</summary>
internal sealed class FaultRunner(FaultContext context)
{
    private const int AtOnce = 2;
    private readonly Lock _lock = new();
    private readonly List<(Task Task, IFault Fault)> _running = [];
    private readonly ConcurrentQueue<string> _errors = new();

    /// <summary>What is shown while it runs.</summary>
    public IReadOnlyList<string> Running
    {
        get
        {
            lock (_lock)
            {
                return [.. _running.Where(r => !r.Task.IsCompleted).Select(r => r.Fault.Name)];
            }
        }
    }

    /// <summary>Faults that could not be applied or healed: errors of this program.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    public async Task RunAsync(IReadOnlyList<PlannedFault> plan, CancellationToken cancellationToken)
    {
        var begin = DateTime.UtcNow;
        foreach (var planned in plan)
        {
            if (begin + planned.Offset - DateTime.UtcNow is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            while (_running.Count >= AtOnce || (_running.Count > 0 && (planned.Fault.IsExclusive || _running.Exists(r => r.Fault.IsExclusive))))
            {
                await Task.WhenAny(_running.Select(r => r.Task));
                lock (_lock)
                {
                    _running.RemoveAll(r => r.Task.IsCompleted);
                }
            }

            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var applied = ApplyAsync(planned, cancellationToken);
            lock (_lock)
            {
                _running.Add((applied, planned.Fault));
            }
        }

        await Task.WhenAll(_running.Select(r => r.Task));
    }

    private async Task ApplyAsync(PlannedFault planned, CancellationToken cancellationToken)
    {
        var fault = planned.Fault;
        context.Log.Add(FaultKind.Begin, fault.Name, $"for {planned.Hold.TotalSeconds:0} s, seed {planned.Seed}", fault.MayRepeatMail);
        try
        {
            await fault.RunAsync(context with { Hold = planned.Hold }, new Random(planned.Seed), cancellationToken);
            context.Log.Add(FaultKind.End, fault.Name, "healed", fault.MayRepeatMail);
            await Task.Delay(fault.Calm, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception exception)
        {
            _errors.Enqueue($"{fault.Name}: {exception}");
            context.Log.Add(FaultKind.End, fault.Name, $"could not be applied or healed: {exception.Message}", fault.MayRepeatMail);
        }
    }
}
