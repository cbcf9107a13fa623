using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>What traces cost: requests and consumed rows with an exporter to a sink on loopback, beside none.</summary>
internal sealed class TelemetryMeasure : IMeasure
{
    private const int Messages = 150_000;

    /// <summary>Null: nothing is exported.</summary>
    private static readonly string?[] Ratios = [null, "0.01", "1"];

    public string Name => "telemetry";

    public string Description => "POST /log, and log entries from a full queue into their table, with and without exported traces";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table(
            $"{Name}: {Description}",
            "requests or rows/s",
            [
                new Goal(Requested("1"), Requested(null), 0.85), new Goal(Requested("0.01"), Requested(null), 0.97),
                new Goal(Consumed("1"), Consumed(null), 0.85), new Goal(Consumed("0.01"), Consumed(null), 0.97),
            ]);
        await using var sink = await OtlpSink.StartAsync();
        var requests = new RequestTurns(Name, [.. Ratios.Select(ratio => (Requested(ratio), Exporting(ratio)))]);
        for (var round = 1; round <= context.Rounds; round++)
        {
            await requests.RunAsync(table, context, round, cancellationToken);
            if (sink.TakeBytes() == 0)
            {
                table.Errors.Add($"Round {round}: nothing was exported.");
            }

            foreach (var ratio in round % 2 == 1 ? Ratios : Ratios.Reverse())
            {
                await ConsumeAsync(table, context, round, ratio, sink, cancellationToken);
            }
        }

        return table;
    }

    private async Task ConsumeAsync(Table table, BenchContext context, int round, string? ratio, OtlpSink sink, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken, Exporting(ratio));
        await using var running = system.Running;
        var (perSecond, _) = await ConsumeMeasure.ConsumeAsync(context, system, Messages, () => sink.TakeBytes(), cancellationToken);
        var bytes = sink.TakeBytes() / (double)Messages;
        context.AddRate(table, Name, round, Consumed(ratio), perSecond, ("bytes exported for each", bytes));
        if (bytes > 0 != ratio is not null)
        {
            table.Errors.Add($"{Consumed(ratio)}, round {round}: {bytes:0.##} bytes exported for each");
        }
    }

    private static (string Key, string Value)[] Exporting(string? ratio) => ratio is null ? [] : OtlpSink.Exporting(ratio);

    private static string Requested(string? ratio) => $"requests, {Named(ratio)}";

    private static string Consumed(string? ratio) => $"rows consumed, {Named(ratio)}";

    private static string Named(string? ratio) => ratio switch { null => "no exporter", "1" => "all traces exported", _ => "1 % of the traces exported" };
}
