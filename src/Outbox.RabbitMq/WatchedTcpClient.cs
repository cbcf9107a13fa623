using System.Net.Sockets;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// A connection that ends when nothing has come for a heartbeat's time. The broker sends something at least every half of that, but RabbitMQ.Client
/// waits three to four times as long, and until then everything stands still.
/// </summary>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="silence">So long nothing may come.</param>
internal sealed class WatchedTcpClient(AddressFamily family, TimeSpan silence)
    : TcpClientAdapter(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
{
    public override NetworkStream GetStream() => new WatchedStream(Client, silence);
}

/// <summary>What is read from the broker.</summary>
internal sealed class WatchedStream : NetworkStream
{
    /// <summary>Ticks are counted, not time: a process that stood still itself has not listened.</summary>
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
                Socket.Shutdown(SocketShutdown.Both); // which the reader takes for the broker's end
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _timer.Dispose(); // it ended otherwise
        }
    }
}
