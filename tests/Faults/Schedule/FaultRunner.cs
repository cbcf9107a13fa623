namespace Messaging.Faults.Schedule;

/// <summary>Runs a plan: at most two faults at once, and one that is exclusive by itself.</summary>
internal sealed class FaultRunner(FaultContext context)
{
    private const int AtOnce = 2;
    private readonly List<(Task Task, IFault Fault)> _running = [];

    public IReadOnlyList<string> Running => [.. _running.ToArray().Where(r => !r.Task.IsCompleted).Select(r => r.Fault.Name)];

    /// <summary>Faults that could not be applied or healed: errors of this program.</summary>
    public List<string> Errors { get; } = [];

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
                _running.RemoveAll(r => r.Task.IsCompleted);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            _running.Add((ApplyAsync(planned, cancellationToken), planned.Fault));
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
            Errors.Add($"{fault.Name}: {exception}");
            context.Log.Add(FaultKind.End, fault.Name, $"could not be applied or healed: {exception.Message}", fault.MayRepeatMail);
        }
    }
}
