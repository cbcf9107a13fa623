using System.Net;
using System.Net.Sockets;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>A proxy that adds nothing to a request, as <c>proxy_pass</c> alone: what comes through it comes from this machine.</summary>
internal sealed class PlainProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public PlainProxy(int port)
    {
        _listener.Start();
        _ = AcceptAsync(port);
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(int port)
    {
        while (true)
        {
            try
            {
                _ = ForwardAsync(await _listener.AcceptTcpClientAsync(), port);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return; // it is stopped
            }
        }
    }

    private static async Task ForwardAsync(TcpClient from, int port)
    {
        using var client = from;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port);
        await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
    }
}
