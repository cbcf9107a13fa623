using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// Checks the attributes of the message types that can be enqueued by name, and of all others of their assemblies that have any. A slip stops the
/// process at its start, and not the first message.
/// </summary>
internal sealed class MessageTypesCheck(MessageTypes types) : IHostedService
{
    /// <exception cref="OutboxConfigurationException">An attribute is used in a way that cannot work.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var type in types.Named.Concat(types.Assemblies.SelectMany(a => a.GetExportedTypes()).Where(IsMarked)).Distinct())
        {
            _ = MessagePlan.Of(type);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsMarked(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && type.GetProperties(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Any(property => property.IsDefined(typeof(SearchKeyAttribute), inherit: true));
}
