using System.Net.Sockets;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// A connection that closes itself when nothing was received for the heartbeat interval. The broker sends a heartbeat at half of the
/// interval. RabbitMQ.Client alone detects a dead connection only after three to four times as long.
/// </summary>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="silence">The time without received data after which the connection is closed.</param>
internal sealed class WatchedTcpClient(AddressFamily family, TimeSpan silence)
    : TcpClientAdapter(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
{
    public override NetworkStream GetStream() => new WatchedStream(Client, silence);
}

/// <summary>The stream from the broker.</summary>
internal sealed class WatchedStream : NetworkStream
{
    /// <summary>The silence is counted in ticks of a timer and not in time, so that a suspended process does not close its connections.</summary>
    private const int Ticks = 10;

    private readonly Timer _timer;
    private int _silentTicks;

    public WatchedStream(Socket socket, TimeSpan silence)
        : base(socket) =>
        _timer = new Timer(_ => Tick(), state: null, silence / Ticks, silence / Ticks);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        Volatile.Write(ref _silentTicks, 0);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _timer.Dispose();
        base.Dispose(disposing);
    }

    private void Tick()
    {
        try
        {
            if (Socket.Available == 0 && Interlocked.Increment(ref _silentTicks) == Ticks)
            {
                Socket.Shutdown(SocketShutdown.Both); // the reader sees this as the end of the stream
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _timer.Dispose(); // the socket was closed elsewhere
        }
    }
}
