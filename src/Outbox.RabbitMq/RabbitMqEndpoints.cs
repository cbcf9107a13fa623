using System.Net;
using System.Net.Security;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Selects the addresses of the next connection: all addresses of all hosts in random order, with those that failed or broke
/// before at the end. RabbitMQ.Client would try only one address of a name, and a frozen node still accepts connections.
/// </summary>
/// <param name="options">The hosts and the TLS setting.</param>
internal sealed class RabbitMqEndpoints(RabbitMqOptions options) : IEndpointResolver
{
    private static readonly TimeSpan ResolveDeadline = TimeSpan.FromSeconds(3);

    private readonly IReadOnlyList<RabbitMqHost> _hosts = options.ParseHosts();
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Address, int Port), long> _failures = [];
    private (string Address, int Port)? _used;
    private long _failureCount;
    private IReadOnlyList<(RabbitMqHost Host, string Address)> _resolved = [];

    /// <summary>Whether an endpoint was returned before.</summary>
    public bool WereUsed
    {
        get
        {
            lock (_lock)
            {
                return _used is not null || _failureCount > 0;
            }
        }
    }

    /// <summary>Resolves the host names; a name that cannot be resolved is kept, so that connecting fails with it.</summary>
    public async Task ResolveAsync(CancellationToken cancellationToken) =>
        _resolved = [.. (await Task.WhenAll(_hosts.Select(h => ResolveAsync(h, cancellationToken)))).SelectMany(a => a)];

    /// <summary>
    /// Returns the endpoints, best first. A new call marks the endpoint that was returned last as failed, because its connection was
    /// lost; taking the next endpoint marks the previous one as failed, because connecting to it failed.
    /// </summary>
    public IEnumerable<AmqpTcpEndpoint> All()
    {
        Fail();
        foreach (var (host, address) in Order())
        {
            lock (_lock)
            {
                _used = (address, host.Port);
            }

            yield return new AmqpTcpEndpoint(address, host.Port, new SslOption
            {
                Enabled = options.UseTls,
                ServerName = host.Name,
                AcceptablePolicyErrors = SslPolicyErrors.None,
            });
            Fail();
        }
    }

    private static async Task<IEnumerable<(RabbitMqHost, string)>> ResolveAsync(RabbitMqHost host, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ResolveDeadline);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host.Name, deadline.Token).WaitAsync(deadline.Token);
            return addresses.Select(a => (host, a.ToString())).DefaultIfEmpty((host, host.Name));
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return [(host, host.Name)];
        }
    }

    private List<(RabbitMqHost Host, string Address)> Order()
    {
        var resolved = _resolved.Count > 0 ? _resolved : [.. _hosts.Select(h => (h, h.Name))];
        var shuffled = resolved.DistinctBy(r => (r.Address, r.Host.Port)).ToArray();
        Random.Shared.Shuffle(shuffled);
        lock (_lock)
        {
            foreach (var gone in _failures.Keys.Except(shuffled.Select(r => (r.Address, r.Host.Port))).ToList())
            {
                _failures.Remove(gone); // the host name no longer resolves to it
            }

            return [.. shuffled.OrderBy(r => _failures.GetValueOrDefault((r.Address, r.Host.Port)))];
        }
    }

    private void Fail()
    {
        lock (_lock)
        {
            if (_used is { } used)
            {
                _failures[used] = ++_failureCount;
                _used = null;
            }
        }
    }
}
