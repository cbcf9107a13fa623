using Messaging.Bench.Results;

namespace Messaging.Bench.Measures;

/// <summary>What it costs to keep the messages of tasks: POST /log with and without.</summary>
internal sealed class PayloadMeasure : IMeasure
{
    private const string Kept = "messages kept", Off = "messages not kept", Setting = "Outbox__Payloads__Keep";

    public string Name => "payloads";

    public string Description => "POST /log, with and without the messages of tasks kept";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "requests/s", [new Goal(Kept, Off, 0.95)]);
        var requests = new RequestTurns(Name, [(Off, [(Setting, "false")]), (Kept, [(Setting, "true")])]);
        for (var round = 1; round <= context.Rounds; round++)
        {
            await requests.RunAsync(table, context, round, cancellationToken);
        }

        return table;
    }
}
