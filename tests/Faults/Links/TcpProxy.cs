using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Messaging.Faults.Links;

/// <summary>What a link does with what it is given.</summary>
internal enum LinkMode
{
    Pass,

    /// <summary>Connections are accepted; nothing is forwarded, nothing is closed.</summary>
    Frozen,

    /// <summary>All connections are closed, and new ones refused.</summary>
    Cut,
}

/// <summary>A network link between two programs, as a TCP proxy that can be slow, frozen, half-open or cut.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly IPEndPoint _target;
    private readonly ConcurrentDictionary<ProxiedConnection, byte> _connections = new();
    private readonly LoopbackPort _port;
    private volatile LinkMode _mode;

    public TcpProxy(string name, IPEndPoint at, IPEndPoint target)
    {
        Name = name;
        _target = target;
        _port = new LoopbackPort(at, ServeAsync);
        _port.Open();
    }

    public string Name { get; }

    public int Port => _port.Number;

    /// <summary>How long each piece of data takes in either direction.</summary>
    public TimeSpan Latency { get; set; }

    public LinkMode Mode
    {
        get => _mode;
        set
        {
            _mode = value;
            if (value == LinkMode.Cut)
            {
                _port.Close();
                Close(_connections.Keys);
            }
            else
            {
                _port.Open();
            }
        }
    }

    /// <summary>The present connections forward nothing any more, and neither side hears of it; new ones are not concerned.</summary>
    /// <returns>Ends them when it is disposed of.</returns>
    public HalfOpen MakeHalfOpen()
    {
        var connections = _connections.Keys.ToList();
        connections.ForEach(c => c.IsDead = true);
        return new HalfOpen(connections.Count, () => Close(connections));
    }

    public void Dispose() => Mode = LinkMode.Cut;

    private static void Close(IEnumerable<ProxiedConnection> connections)
    {
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var connection = new ProxiedConnection(client, this);
        _connections[connection] = 0;
        try
        {
            if (_mode == LinkMode.Cut)
            {
                return;
            }

            await connection.RunAsync(_target);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the sides is gone, and the other one is told by the end of the connection.
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }
}

/// <summary>Connections that lead nowhere.</summary>
internal sealed class HalfOpen(int count, Action close) : IDisposable
{
    public int Count => count;

    public void Dispose() => close();
}
