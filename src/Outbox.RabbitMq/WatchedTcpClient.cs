using System.Net.Sockets;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// A connection that closes itself when nothing was received for the heartbeat interval. The broker sends something at least
/// every half of it. RabbitMQ.Client alone waits three to four times as long, and until then everything stops.
/// </summary>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="silence">How long nothing may be received.</param>
internal sealed class WatchedTcpClient(AddressFamily family, TimeSpan silence)
    : TcpClientAdapter(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
{
    public override NetworkStream GetStream() => new WatchedStream(Client, silence);
}

/// <summary>The stream from the broker.</summary>
internal sealed class WatchedStream : NetworkStream
{
    /// <summary>Counts ticks instead of time: a process that was suspended itself has not listened.</summary>
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
            _timer.Dispose(); // it was closed otherwise
        }
    }
}
