namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>What the probe result of a bus tells about one of its endpoints.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="HasConsumer">Whether it has a consumer that is not MassTransit's own.</param>
/// <param name="SecondInbox">The call that adds an inbox besides this library's; null if none was found.</param>
internal sealed record ProbedEndpoint(string Queue, bool HasConsumer, string? SecondInbox)
{
    /// <param name="probed">The probe result of a bus.</param>
    public static IEnumerable<ProbedEndpoint> AllOf(object probed) => probed switch
    {
        IDictionary<string, object> scope => scope.SelectMany(s => s.Key == "receiveEndpoint" ? Many(s.Value).SelectMany(Of) : AllOf(s.Value)),
        string => [],
        IEnumerable<object> scopes => scopes.SelectMany(AllOf),
        _ => [],
    };

    private static IEnumerable<ProbedEndpoint> Of(object endpoint) =>
        endpoint is IDictionary<string, object> scope && scope.TryGetValue("name", out var name)
            ? [new ProbedEndpoint(name.ToString()!, ProbedConsumers.Has(scope), ProbedInboxes.FindSecond(scope))]
            : [];

    private static IEnumerable<object> Many(object value) => value is IEnumerable<object> many and not IDictionary<string, object> ? many : [value];
}
