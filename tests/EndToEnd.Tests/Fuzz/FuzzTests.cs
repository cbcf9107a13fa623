using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>
/// Whatever a caller sends is the caller's fault, and never a 5xx, a stack trace, an error in the log, or a request that hangs. Each run is
/// the same, so that a change that passes does not fail on somebody else's luck; <c>FUZZ_SEED</c> and <c>FUZZ_REQUESTS</c> choose another.
/// </summary>
public abstract class FuzzTests
{
    private const int DefaultSeed = 1, DefaultRequests = 12_000;

    private static readonly string Operator = $"msg_{new string('o', 43)}", Reader = $"msg_{new string('r', 43)}";

    /// <summary>What callers without a limit need: the limits have tests of their own.</summary>
    internal static readonly (string Name, string Value)[] Settings =
    [
        .. WideLimits.Environment.Select(e => (e.Key, e.Value)),
        .. Key(0, "operator", "operate", Operator),
        .. Key(1, "reader", "read", Reader),
        ("AccessLog__Enabled", "true"),
        ("Passwords__HashIterations", "100000"),
        ("Passwords__MaxHashWait", "00:00:20"),
        ("Passwords__MaxQueuedHashesPerCaller", "1000"),
        ("EventStreams__MaxKeyed", "10000"),
        ("EventStreams__MaxAnonymous", "10000"),
        ("EventStreams__MaxPerAddress", "10000"),
        ("EventStreams__MaxPerTask", "10000"),
        ("Outbox__CommitTimeout", "00:00:20"),
    ];

    private protected static async Task FuzzAsync(AppProcess app)
    {
        var seed = Number("FUZZ_SEED") ?? DefaultSeed;
        var requests = Number("FUZZ_REQUESTS") ?? DefaultRequests;
        TestContext.Current.SendDiagnosticMessage($"FUZZ_SEED={seed} FUZZ_REQUESTS={requests}");
        app.Client.DefaultRequestHeaders.Remove("X-Api-Key");
        app.Client.DefaultRequestHeaders.Add("X-Api-Key", Operator);
        var api = new ApiDescription(await app.Client.GetStringAsync("/openapi/v1.json"));
        var types = JsonDocument.Parse(await app.Client.GetStringAsync("/task-types")).RootElement.EnumerateArray().Select(TypeName).ToList();
        var pool = new Pool();
        var run = new FuzzRun(app, new RequestMaker(api, new ValueMaker(api, pool, [.. types, "LogRequested"]), Operator, [null, "msg_wrong", Reader, Operator]), pool, seed, requests);

        var findings = await run.RunAsync();

        var answers = string.Join(", ", run.Answers.OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"FUZZ_SEED={seed} FUZZ_REQUESTS={requests}; answers {answers}");
        Assert.True(findings.Count == 0, $"FUZZ_SEED={seed} FUZZ_REQUESTS={requests}: {findings.Count} findings; answers {answers}\n\n{string.Join("\n\n", findings)}");
        var never = api.Operations.Select(o => $"{o.Method} {o.Path}").Except(run.Succeeded.Keys).ToList();
        Assert.True(never.Count < api.Operations.Count / 10, $"Never done: {string.Join(", ", never)}");
    }

    private static string TypeName(JsonElement type) => type.ValueKind == JsonValueKind.Object ? type.GetProperty("type").GetString()! : type.GetString()!;

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static (string Name, string Value)[] Key(int index, string name, string role, string key) =>
    [
        ($"Access__Keys__{index}__Name", name),
        ($"Access__Keys__{index}__Role", role),
        ($"Access__Keys__{index}__Hash", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))),
    ];
}

public sealed class StandaloneFuzzTests : FuzzTests
{
    [Fact]
    public async Task Nothing_that_callers_send_to_standalone_is_an_error()
    {
        using var folder = new TemporaryFolder();
        await using var app = AppProcess.Start("Standalone", new(Settings.ToDictionary(s => s.Name, s => s.Value)) { ["Standalone__DataFolder"] = folder.Path });
        await FuzzAsync(await app.ReadyAsync());
    }
}

public sealed class ApiFuzzTests : FuzzTests
{
    [Fact]
    public async Task Nothing_that_callers_send_to_the_api_is_an_error()
    {
        await using var system = await RealSystem.StartAsync(Settings);
        await FuzzAsync(system.Api);
    }
}
