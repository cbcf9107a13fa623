namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Finds MassTransit's outbox in memory in the probe result of its pipelines. Its outbox of a database cannot be told from this
/// library's there: both are the same filter, once for each consumer.
/// </summary>
internal static class ProbedOutboxes
{
    private const string InMemory = "UseInMemoryOutbox";

    // MassTransit adds an outbox to these itself.
    private static readonly string[] OwnSagas = ["MassTransit.FutureState", "MassTransit.JobSaga", "MassTransit.JobTypeSaga", "MassTransit.JobAttemptSaga"];

    /// <summary>The queues of a bus that have an outbox besides this library's, each with the call that adds it.</summary>
    public static IEnumerable<(string Queue, string Call)> SecondOf(object probed) => probed switch
    {
        IDictionary<string, object> scope => scope.SelectMany(s => s.Key == "receiveEndpoint" ? Many(s.Value).SelectMany(OfEndpoint) : SecondOf(s.Value)),
        string => [],
        IEnumerable<object> scopes => scopes.SelectMany(SecondOf),
        _ => [],
    };

    private static IEnumerable<(string Queue, string Call)> OfEndpoint(object endpoint) =>
        endpoint is IDictionary<string, object> scope && scope.TryGetValue("name", out var name) && !HasOwnSaga(scope) && CallIn(scope) is { } call
            ? [(name.ToString()!, call)]
            : [];

    private static string? CallIn(object probed) => probed switch
    {
        IDictionary<string, object> scope when IsOutbox(scope) && scope.ContainsKey("type") => InMemory,
        IDictionary<string, object> scope => scope.Values.Select(CallIn).FirstOrDefault(call => call is not null),
        string => null,
        IEnumerable<object> scopes => scopes.Select(CallIn).FirstOrDefault(call => call is not null),
        _ => null,
    };

    private static bool IsOutbox(object filter) => filter is IDictionary<string, object> scope && scope.TryGetValue("filterType", out var type) && type is "outbox";

    private static bool HasOwnSaga(object probed) => probed switch
    {
        string text => OwnSagas.Any(saga => text.Contains(saga, StringComparison.Ordinal)),
        IDictionary<string, object> scope => scope.Values.Any(HasOwnSaga),
        IEnumerable<object> scopes => scopes.Any(HasOwnSaga),
        _ => false,
    };

    private static IEnumerable<object> Many(object value) => value is IEnumerable<object> many and not IDictionary<string, object> ? many : [value];
}
