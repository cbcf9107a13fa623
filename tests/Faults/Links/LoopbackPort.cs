using System.Net;
using System.Net.Sockets;

namespace Messaging.Faults.Links;

/// <summary>A port that takes connections while it is open, and refuses them while it is closed.</summary>
internal sealed class LoopbackPort(IPEndPoint at, Func<Socket, Task> serve) : IDisposable
{
    private TcpListener? _listener;

    public int Number => at.Port;

    public void Open()
    {
        if (_listener is null)
        {
            _listener = new TcpListener(at);
            _listener.Start();
            _ = AcceptAsync(_listener);
        }
    }

    public void Close() => Interlocked.Exchange(ref _listener, null)?.Dispose();

    public void Dispose() => Close();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = serve(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
