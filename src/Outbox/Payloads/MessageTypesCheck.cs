using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// Checks the attributes of the message types that can be enqueued by name, and, while payloads are kept, of all others of their assemblies that
/// have any and can be loaded. A slip stops the process at its start, and not the first message.
/// </summary>
internal sealed partial class MessageTypesCheck(MessageTypes types, IOptions<OutboxOptions> options, ILogger<MessageTypesCheck> logger) : IHostedService
{
    /// <exception cref="OutboxConfigurationException">An attribute is used in a way that cannot work.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var payloads = options.Value.Payloads;
        var keepsAny = payloads.Keep || payloads.Types.Values.Any(type => type.Keep == true); // else only the keys of named types are stored
        var all = types.Named.Concat(keepsAny || payloads.Types.Count > 0 ? types.Assemblies.SelectMany(LoadableTypes.Of) : []).Distinct().ToList();
        foreach (var type in all.Where(type => types.Named.Contains(type) || (keepsAny && LoadableTypes.Read(type, IsMarked))))
        {
            _ = MessagePlan.Of(type);
        }

        var unknown = options.Value.Payloads.Types.Keys.Except(all.Select(type => type.Name), StringComparer.OrdinalIgnoreCase).ToList();
        if (unknown.Count > 0 && all.Count > 0)
        {
            LogUnknown(string.Join(", ", unknown)); // what is meant by a wrong name would be kept
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether a type has search keys.</summary>
    internal static bool IsMarked(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && type.GetProperties(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Any(property => property.IsDefined(typeof(SearchKeyAttribute), inherit: true) || property.IsDefined(typeof(RedactedAttribute), inherit: true));

    [LoggerMessage(
        EventId = 1051, EventName = "PayloadTypeUnknown", Level = LogLevel.Warning,
        Message = "Outbox:Payloads:Types has names of no message type that this process knows: {Types}; correct them, or ignore this in a process without these types")]
    private partial void LogUnknown(string types);
}
