using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>Somebody leaves a transaction open that has read everything and locked some tasks.</summary>
internal sealed class HeldTransaction : IFault
{
    public string Name => "transaction-held";

    public string Description => "a transaction is left open that holds a snapshot and locks up to 20 tasks under way";

    public (int Min, int Max) Hold => (20, 60);

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        await using var connection = await context.System.Postgres.OpenAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT count(*) FROM (SELECT id FROM tasks WHERE state <> 3 ORDER BY id DESC LIMIT {1 + random.Next(20)} FOR UPDATE SKIP LOCKED) AS t";
        var locked = await command.ExecuteScalarAsync(CancellationToken.None);
        context.Log.Add(FaultKind.Note, Name, $"{locked} task(s) locked");
        await context.HoldAsync(cancellationToken);
    }
}
