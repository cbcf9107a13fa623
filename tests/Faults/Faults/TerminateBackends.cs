using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>Sessions of the database are ended, several times.</summary>
internal sealed class TerminateBackends : IFault
{
    public string Name => "backends-terminated";

    public string Description => "half of the database's sessions are ended by pg_terminate_backend, again and again";

    public (int Min, int Max) Hold => (3, 8);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var ended = 0L;
        for (var end = DateTime.UtcNow + context.Hold; DateTime.UtcNow < end && !cancellationToken.IsCancellationRequested;)
        {
            ended += await context.System.Postgres.ExecuteAsync(
                $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'Messaging.%' AND pid % 2 = {random.Next(2)}", CancellationToken.None);
            await Task.Delay(500 + random.Next(1_000), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        context.Log.Add(FaultKind.Note, Name, $"{ended} session(s)");
    }
}
