using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Payloads;

/// <summary>Decides what is kept of the message of a new task: its payload, and the keys by which it is found (docs/decisions/0050).</summary>
internal sealed class TaskContents(IOptions<OutboxOptions> options, MessageTypes types)
{
    private readonly PayloadOptions _options = options.Value.Payloads;
    private readonly ConcurrentDictionary<Type, Rule> _rules = new();

    /// <param name="message">The message.</param>
    /// <param name="address">Where it is sent to; null for a message that is published.</param>
    /// <returns>Null if nothing is kept.</returns>
    /// <exception cref="OutboxConfigurationException">An attribute of the type is used in a way that cannot work.</exception>
    public TaskContent? Of<T>(T message, Uri? address)
        where T : class
    {
        var rule = _rules.TryGetValue(typeof(T), out var known) ? known : _rules.GetOrAdd(typeof(T), RuleOf);
        return rule.StoresNothing ? null : new TaskContent(
            rule.Keeps ? PayloadOf(message, rule, address) : null, rule.Plan.Keys.IsEmpty ? [] : rule.Plan.Keys.Of(message));
    }

    /// <summary>Records the type of a message that is staged, whatever is kept of it.</summary>
    /// <exception cref="OutboxConfigurationException">An attribute of the type is used in a way that cannot work.</exception>
    public void Know(Type type) => types.Add(type);

    private Rule RuleOf(Type type)
    {
        var plan = MessagePlan.Of(type);
        var own = _options.Types.TryGetValue(type.Name, out var found) ? found : null;
        return new Rule(plan, !plan.IsSensitive && (own?.Keep ?? _options.Keep), own?.MaxBytes ?? _options.MaxBytes, type.FullName ?? type.Name, plan.Redacted.Count == 0 ? null : string.Join(',', plan.Redacted));
    }

    private static StagedPayload? PayloadOf<T>(T message, Rule rule, Uri? address)
    {
        var json = Write(message);
        if (json is null)
        {
            return null;
        }

        return new StagedPayload(rule.Type, address?.ToString(), json.Length, rule.Redacted, json.Length <= rule.MaxBytes ? json : null);
    }

    /// <returns>Null for a message that this serializer cannot write, although that of the bus can.</returns>
    private static byte[]? Write<T>(T message)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(message, PayloadJson.Writing);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <param name="Plan">What the attributes say.</param>
    /// <param name="Keeps">Whether the payload is kept.</param>
    /// <param name="MaxBytes">The maximum size of what is kept.</param>
    /// <param name="Type">The name of the type.</param>
    /// <param name="Redacted">The paths of the properties that are replaced, separated by commas; null for none.</param>
    private sealed record Rule(MessagePlan Plan, bool Keeps, int MaxBytes, string Type, string? Redacted)
    {
        public bool StoresNothing { get; } = !Keeps && Plan.Keys.IsEmpty;
    }
}
