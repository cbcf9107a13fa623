using System.Collections.Concurrent;
using System.Globalization;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>
/// A number of requests, each made from the seed and its own number. What an answer teaches (ids, cursors) is used by later ones, so a request is
/// not the same in each run: a finding has its bytes.
/// </summary>
internal sealed class FuzzRun(AppProcess app, RequestMaker maker, Pool pool, int seed, int requests)
{
    private const int Connections = 6, MostFindings = 20;

    private readonly ConcurrentQueue<string> _findings = new();
    private int _next = -1;

    /// <summary>How many answers had which status; 0 for none.</summary>
    public ConcurrentDictionary<int, int> Answers { get; } = new();

    /// <summary>The operations that did what they were asked for, at least once: where none does, nothing behind the checks was tried.</summary>
    public ConcurrentDictionary<string, int> Succeeded { get; } = new();

    /// <returns>What should not have happened.</returns>
    public async Task<IReadOnlyCollection<string>> RunAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(SendAsync)));
        return [.. _findings.Take(MostFindings), .. FuzzLog.Findings(app.Output).Take(MostFindings), .. await StillServesAsync()];
    }

    private async Task SendAsync()
    {
        while (_findings.Count < MostFindings && Interlocked.Increment(ref _next) is var number && number < requests)
        {
            var request = maker.Make(number, new Random(unchecked((seed * 1_000_003) + number)));
            try
            {
                Judge(number, request, await RawExchange.SendAsync(app.Client.BaseAddress!.Port, request));
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or OperationCanceledException)
            {
                _findings.Enqueue($"#{number} cannot be sent: {exception.Message}\n{request}");
            }
        }
    }

    private void Judge(int number, FuzzRequest request, FuzzAnswer answer)
    {
        Answers.AddOrUpdate(answer.Status ?? 0, 1, (_, count) => count + 1);
        var problem = answer switch
        {
            { IsLate: true } => "hangs",
            { Status: >= 500 } => $"is a {answer.Status}",
            _ when HasStack(answer.Text) && !IsOfDeadLetters(request.Operation) => "is answered with a stack trace",
            { Status: null } when request is { Ending: Ending.Whole, Bytes.Length: < 30_000 } => "gets no answer",
            _ => null,
        };
        if (problem is not null)
        {
            _findings.Enqueue(string.Create(CultureInfo.InvariantCulture, $"#{number} {problem}\n{request}\n--> {answer.Text[..Math.Min(answer.Text.Length, 1_500)]}"));
        }
        else if (answer.Status is >= 200 and < 300)
        {
            pool.Learn(request.Operation[request.Operation.IndexOf('/', StringComparison.Ordinal)..], answer.Text);
            Succeeded.AddOrUpdate(request.Operation, 1, (_, count) => count + 1);
        }
    }

    private static bool HasStack(string text) =>
        text.Contains("\n   at ", StringComparison.Ordinal) || text.Contains("\\n   at ", StringComparison.Ordinal);

    /// <summary>A dead letter keeps the stack trace of its consumer, for operators.</summary>
    private static bool IsOfDeadLetters(string operation) =>
        operation.StartsWith("GET /dead-letters/", StringComparison.Ordinal) || operation.StartsWith("GET /dead-letters/", StringComparison.Ordinal);

    private async Task<IReadOnlyList<string>> StillServesAsync()
    {
        using var answer = await app.Client.PostAsync("/register?email=after@example.org", null);
        return answer.StatusCode == System.Net.HttpStatusCode.Accepted ? [] : [$"afterwards POST /register is a {(int)answer.StatusCode}"];
    }
}
