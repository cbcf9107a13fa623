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

    private static bool IsOfMassTransit(object consumer) =>
        consumer is IDictionary<string, object> scope
        && scope.TryGetValue("type", out var type)
        && type is string name
        && name.StartsWith("MassTransit.", StringComparison.Ordinal);
}
