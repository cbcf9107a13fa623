using System.Reflection;
using System.Text.RegularExpressions;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>Finds the properties by which the events of a state machine are correlated.</summary>
internal static partial class SagaCorrelations
{
    private static readonly MethodInfo ReadOneMethod =
        typeof(SagaCorrelations).GetMethod(nameof(ReadOne), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <exception cref="OutboxConfigurationException">An event is correlated by an expression other than an id or a property.</exception>
    public static void Read<TSaga>(SagaType<TSaga> type, SagaStateMachine<TSaga> machine, ISagaRepository<TSaga> repository)
        where TSaga : class, SagaStateMachineInstance
    {
        foreach (var correlation in machine.Correlations.Where(c => !c.DataType.IsValueType))
        {
            ReadOneMethod.MakeGenericMethod(typeof(TSaga), correlation.DataType)
                .Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [type, correlation, repository], culture: null);
        }
    }

    private static void ReadOne<TSaga, TMessage>(SagaType<TSaga> type, EventCorrelation<TSaga, TMessage> correlation, ISagaRepository<TSaga> repository)
        where TSaga : class, SagaStateMachineInstance
        where TMessage : class
    {
        // Other filters correlate by id. MassTransit reports a missing correlation itself.
        if (correlation.FilterFactory?.Invoke(repository, correlation.Policy, Pipe.Empty<SagaConsumeContext<TSaga, TMessage>>())
            is not QuerySagaFilter<TSaga, TMessage> query)
        {
            return;
        }

        var probe = new PropertyProbe();
        query.Probe(probe);
        var property = OneProperty().Match(probe.Property ?? "").Groups["name"].Value;
        if (typeof(TSaga).GetProperty(property) is null)
        {
            throw new OutboxConfigurationException(
                $"{typeof(TSaga).Name} finds its instance for {typeof(TMessage).Name} by an expression that is not one property: write "
                + $"CorrelateBy(saga => saga.Property, context => context.Message.Property), or CorrelateById.");
        }

        type.Add(property, isUnique: correlation.Policy is NewOrExistingSagaPolicy<TSaga, TMessage>);
    }

    [GeneratedRegex(@"^(?<saga>\w+) => (Convert\()?\k<saga>\.(?<name>\w+)(, [^)]*\))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OneProperty();

    /// <summary>Captures the property name from the probe of MassTransit's query.</summary>
    private sealed class PropertyProbe : ProbeContext
    {
        public string? Property { get; private set; }

        public CancellationToken CancellationToken => CancellationToken.None;

        public void Add(string key, string value) => Property = key == "property" ? value : Property;

        public void Add(string key, object value)
        {
        }

        public void Set(object values)
        {
        }

        public void Set(IEnumerable<KeyValuePair<string, object>> values)
        {
        }

        public ProbeContext CreateScope(string key) => this;
    }
}
