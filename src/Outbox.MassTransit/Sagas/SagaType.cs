using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>A saga whose state is stored in the outbox's database.</summary>
internal interface ISagaType
{
    /// <summary>Registers the saga's repository again, so that it replaces a later registration.</summary>
    void AddTo(IServiceCollection services);
}

/// <summary>The metadata of a saga.</summary>
/// <param name="name">The saga's name in the database.</param>
internal sealed class SagaType<TSaga>(string name) : ISagaType
    where TSaga : class, ISaga
{
    private readonly ConcurrentDictionary<string, SagaProperty> _properties = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>The properties by which events are correlated; complete after the endpoints were configured.</summary>
    public IEnumerable<SagaProperty> Properties => _properties.Values;

    public void AddTo(IServiceCollection services) => services.AddOutboxSaga<TSaga>(name);

    /// <param name="property">The name of the property.</param>
    /// <param name="isUnique">Whether an event that finds no instance creates one; a unique value prevents that two events both do.</param>
    public void Add(string property, bool isUnique) => _properties.AddOrUpdate(
        property,
        key => new SagaProperty(typeof(TSaga).GetProperty(key)!, isUnique),
        (_, known) => known with { IsUnique = known.IsUnique || isUnique });

    public SagaProperty Find(string property) =>
        _properties.TryGetValue(property, out var found)
            ? found
            : throw new SagaException($"{typeof(TSaga).Name}.{property} is not a property by which an event of the saga is correlated.", typeof(TSaga), typeof(TSaga));
}

/// <summary>Registered for a saga that may store its state outside of the outbox's database.</summary>
internal sealed class OutsideOutbox<TSaga>
    where TSaga : class, ISaga;
