namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Finds outboxes of MassTransit in the probe result of an endpoint that has this library's. In memory it is a filter with a type. Its
/// outbox of a database is the same filter as this library's; where both are, there are more of them than deliveries.
/// </summary>
internal static class ProbedInboxes
{
    private const string InMemory = "UseInMemoryOutbox", Database = "UseEntityFrameworkOutbox, or whatever else adds MassTransit's outbox";

    // MassTransit adds an outbox to these itself.
    private static readonly string[] OwnSagas = ["MassTransit.FutureState", "MassTransit.JobSaga", "MassTransit.JobTypeSaga", "MassTransit.JobAttemptSaga"];

    /// <returns>The call that adds a second inbox; null if there is none.</returns>
    public static string? FindSecond(object endpoint) => HasOwnSaga(endpoint) ? null : FindIn(endpoint);

    private static string? FindIn(object probed) => probed switch
    {
        IDictionary<string, object> scope when IsFilter(scope, "outbox") && scope.ContainsKey("type") => InMemory,
        IDictionary<string, object> scope when CountIn(scope, "outbox") > CountIn(scope, "delivery") => Database,
        IDictionary<string, object> scope => scope.Values.Select(FindIn).FirstOrDefault(call => call is not null),
        string => null,
        IEnumerable<object> scopes => scopes.Select(FindIn).FirstOrDefault(call => call is not null),
        _ => null,
    };

    /// <summary>Counts the filters of a pipe. Those of all consumers of a message type are in one list, each with a delivery.</summary>
    private static int CountIn(IDictionary<string, object> pipe, string type) =>
        pipe.TryGetValue("filters", out var filters) && filters is IEnumerable<object> many and not IDictionary<string, object>
            ? many.Count(filter => IsFilter(filter, type) && filter is IDictionary<string, object> scope && !scope.ContainsKey("type"))
            : 0;

    private static bool IsFilter(object filter, string type) =>
        filter is IDictionary<string, object> scope && scope.TryGetValue("filterType", out var its) && its is string name && name == type;

    private static bool HasOwnSaga(object probed) => probed switch
    {
        string text => OwnSagas.Any(saga => text.Contains(saga, StringComparison.Ordinal)),
        IDictionary<string, object> scope => scope.Values.Any(HasOwnSaga),
        IEnumerable<object> scopes => scopes.Any(HasOwnSaga),
        _ => false,
    };
}
