using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Sagas;

/// <summary>A saga whose state is in the outbox's database.</summary>
internal interface ISagaType
{
    /// <summary>Registers the saga's repository once more, so that it is the one that counts.</summary>
    void AddTo(IServiceCollection services);
}

/// <summary>What is known of a saga besides its instances.</summary>
/// <param name="name">What it is called in the database.</param>
internal sealed class SagaType<TSaga>(string name) : ISagaType
    where TSaga : class, ISaga
{
    private readonly ConcurrentDictionary<string, SagaProperty> _properties = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>The properties that events find an instance by, known when the endpoints have been configured.</summary>
    public IEnumerable<SagaProperty> Properties => _properties.Values;

    public void AddTo(IServiceCollection services) => services.AddOutboxSaga<TSaga>(name);

    /// <param name="property">The name of the property.</param>
    /// <param name="isUnique">Whether an event that finds no instance makes one: then two at once are not to make two.</param>
    public void Add(string property, bool isUnique) => _properties.AddOrUpdate(
        property,
        key => new SagaProperty(typeof(TSaga).GetProperty(key)!, isUnique),
        (_, known) => known with { IsUnique = known.IsUnique || isUnique });

    public SagaProperty Find(string property) =>
        _properties.TryGetValue(property, out var found)
            ? found
            : throw new SagaException($"{typeof(TSaga).Name}.{property} is no property that an event of the saga is correlated by.", typeof(TSaga), typeof(TSaga));
}

/// <summary>Says that the state of the saga may be kept outside the outbox's database.</summary>
internal sealed class OutsideOutbox<TSaga>
    where TSaga : class, ISaga;
