using System.Collections.Concurrent;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>The queues of this process whose settings were read, <c>Endpoints:{queue}</c>. Known when the bus has been created.</summary>
internal sealed class QueuesWithSettings
{
    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<string> Names => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public void Add(string queue) => _names[queue] = true;
}
