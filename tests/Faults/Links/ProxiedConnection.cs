using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Messaging.Faults.Links;

/// <summary>One connection through a link.</summary>
internal sealed class ProxiedConnection(Socket client, TcpProxy link) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _end = new();

    /// <summary>Nothing is forwarded any more, not even an end.</summary>
    public bool IsDead { get; set; }

    public async Task RunAsync(IPEndPoint target)
    {
        client.NoDelay = true;
        await PassableAsync();
        await ConnectAsync(target);
        await Task.WhenAny(CopyAsync(client, _server), CopyAsync(_server, client));
        while (IsDead && !_end.IsCancellationRequested)
        {
            await Task.Delay(100);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>A client that goes while it waits takes its connection with it; a server that is overrun is not to be handed the dead as well.</summary>
    private async Task ConnectAsync(IPEndPoint target)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var connecting = _server.ConnectAsync(target, gone.Token).AsTask();
        while (await Task.WhenAny(connecting, Task.Delay(50)) != connecting)
        {
            if (client.Poll(0, SelectMode.SelectRead) && client.Available == 0)
            {
                await gone.CancelAsync();
            }
        }

        await connecting;
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var pieces = Channel.CreateBounded<(byte[] Data, DateTime Due)>(64);
        var sending = SendAsync(pieces.Reader, to);
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is var read && read > 0)
            {
                await pieces.Writer.WriteAsync((buffer.AsSpan(0, read).ToArray(), DateTime.UtcNow + link.Latency), _end.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end, of one side or of the link.
        }

        pieces.Writer.TryComplete();
        await sending;
    }

    private async Task SendAsync(ChannelReader<(byte[] Data, DateTime Due)> pieces, Socket to)
    {
        try
        {
            await foreach (var (data, due) in pieces.ReadAllAsync(_end.Token))
            {
                if (due - DateTime.UtcNow is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, _end.Token);
                }

                await PassableAsync();
                await to.SendAsync(data, _end.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // As above.
        }
    }

    private async Task PassableAsync()
    {
        while (IsDead || link.Mode == LinkMode.Frozen)
        {
            await Task.Delay(20, _end.Token);
        }
    }
}
