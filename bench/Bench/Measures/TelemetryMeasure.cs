using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>What traces cost: requests and consumed rows with an exporter to a sink on loopback, beside none.</summary>
internal sealed class TelemetryMeasure : IMeasure
{
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
        var rows = new RowTurns(Name, [.. Ratios.Select(ratio => (Consumed(ratio), Exporting(ratio)))]);
        for (var round = 1; round <= context.Rounds; round++)
        {
            await requests.RunAsync(table, context, round, cancellationToken);
            Check(Requested);
            await rows.RunAsync(table, context, round, () => Array.ForEach(Ratios, ratio => sink.TakeBytes(SenderOf(ratio))), cancellationToken);
            Check(Consumed);

            void Check(Func<string?, string> contender)
            {
                foreach (var ratio in Ratios)
                {
                    if (sink.TakeBytes(SenderOf(ratio)) is var bytes && bytes > 0 != ratio is not null)
                    {
                        table.Errors.Add($"{contender(ratio)}, round {round}: {bytes} bytes were exported");
                    }
                }
            }
        }

        return table;
    }

    private static (string Key, string Value)[] Exporting(string? ratio) => ratio is null ? [] : OtlpSink.Exporting(SenderOf(ratio), ratio);

    private static string SenderOf(string? ratio) => ratio ?? "none";

    private static string Requested(string? ratio) => $"requests, {Named(ratio)}";

    private static string Consumed(string? ratio) => $"rows consumed, {Named(ratio)}";

    private static string Named(string? ratio) => ratio switch { null => "no exporter", "1" => "all traces exported", _ => "1 % of the traces exported" };
}
