using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>All transactions become serializable, so that the database ends some of them with 40001.</summary>
internal sealed class SerializationFailures : IFault
{
    public string Name => "serialization-failures";

    public string Description => "the database makes all transactions serializable, and some fail with 40001";

    public (int Min, int Max) Hold => (8, 20);

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var postgres = context.System.Postgres;
        await postgres.InsistAsync("ALTER SYSTEM SET default_transaction_isolation = 'serializable'");
        await postgres.InsistAsync("SELECT 1 FROM pg_reload_conf()");
        await context.HoldAsync(cancellationToken);
        await postgres.InsistAsync("ALTER SYSTEM RESET default_transaction_isolation");
        await postgres.InsistAsync("SELECT 1 FROM pg_reload_conf()");
    }
}
