using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Serialization;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// Serializes the state of a saga as JSON. It also reads properties without a public setter, which the serializer by default only
/// writes. Fields that back no property are not stored.
/// </summary>
internal sealed class SagaJson<TSaga>
    where TSaga : class, ISaga
{
    private readonly JsonSerializerOptions _options = new(SystemTextJsonMessageSerializer.Options)
    {
        WriteIndented = false,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { AddSetters } },
    };

    public string Write(TSaga saga) => JsonSerializer.Serialize(saga, _options);

    public TSaga Read(string json) => JsonSerializer.Deserialize<TSaga>(json, _options)!;

    /// <summary>Checks at the start that the saga's state can be stored.</summary>
    /// <exception cref="OutboxConfigurationException">The saga has a <see cref="State"/> property, or cannot be stored as JSON.</exception>
    public void Check()
    {
        if (typeof(TSaga).GetProperties().FirstOrDefault(p => p.PropertyType.IsAssignableTo(typeof(State))) is { } state)
        {
            throw new OutboxConfigurationException(
                $"{typeof(TSaga).Name}.{state.Name} is a State, which cannot be stored: change it to a string, or an int with InstanceState(saga => saga.{state.Name}, first, second).");
        }

        try
        {
            _ = Read("""{"correlationId":"00000000-0000-0000-0000-000000000001"}""");
            _ = _options.GetTypeInfo(typeof(TSaga));
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or JsonException)
        {
            throw new OutboxConfigurationException($"{typeof(TSaga).Name} cannot be stored as JSON: {exception.Message}", exception);
        }
    }

    private static void AddSetters(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties.Where(p => p.Set is null))
        {
            if (property.AttributeProvider is not PropertyInfo info)
            {
                continue;
            }

            if (info.DeclaringType!.GetProperty(info.Name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)?.SetMethod is { } setter)
            {
                property.Set = (saga, value) => setter.Invoke(saga, [value]);
            }
            else if (info.DeclaringType.GetField($"<{info.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is { } field)
            {
                property.Set = field.SetValue;
            }
        }
    }
}
