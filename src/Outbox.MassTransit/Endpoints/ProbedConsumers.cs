namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Finds consumers in the probe result of a bus or an endpoint. It ignores MassTransit's own consumers, which store job state.
/// </summary>
internal static class ProbedConsumers
{
    public static bool Has(object probed) => probed switch
    {
        IDictionary<string, object> scope => scope.Any(s => s.Key switch
        {
            "consumer" => !IsOfMassTransit(s.Value),
            "filterType" when s.Value is "handler" => true, // endpoint.Handler
            _ => Has(s.Value),
        }),
        string => false,
        IEnumerable<object> scopes => scopes.Any(Has),
        _ => false,
    };

    /// <summary>The queues of a bus that have a consumer.</summary>
    public static IEnumerable<string> QueuesOf(object probed) => probed switch
    {
        IDictionary<string, object> scope => scope.SelectMany(s => s.Key == "receiveEndpoint" ? Many(s.Value).SelectMany(QueueOf) : QueuesOf(s.Value)),
        string => [],
        IEnumerable<object> scopes => scopes.SelectMany(QueuesOf),
        _ => [],
    };

    private static IEnumerable<string> QueueOf(object endpoint) =>
        endpoint is IDictionary<string, object> scope && scope.TryGetValue("name", out var name) && Has(endpoint) ? [name.ToString()!] : [];

    private static IEnumerable<object> Many(object value) => value is IEnumerable<object> many and not IDictionary<string, object> ? many : [value];

    private static bool IsOfMassTransit(object consumer) =>
        consumer is IDictionary<string, object> scope
        && scope.TryGetValue("type", out var type)
        && type is string name
        && name.StartsWith("MassTransit.", StringComparison.Ordinal);
}
