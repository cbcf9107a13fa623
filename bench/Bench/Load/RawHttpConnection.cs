using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Messaging.Bench.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection that sends one request at a time and reads of the answer no more than its status and where it ends: the
/// generator is to take as little of the machine as it can, and the same for every system.
/// </summary>
internal sealed class RawHttpConnection(int port) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[16 * 1_024];
    private Socket? _socket;

    /// <summary>Sends a request, and waits for its answer.</summary>
    /// <returns>The status, or 0 when the connection broke.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        try
        {
            var socket = _socket ??= await ConnectAsync();
            await socket.SendAsync(request);
            return await ReadAsync(socket);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidDataException)
        {
            _socket?.Dispose();
            _socket = null;
            return 0;
        }
    }

    public void Dispose() => _socket?.Dispose();

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private async ValueTask<int> ReadAsync(Socket socket)
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            filled += read;
            if (TryParse(_buffer.AsSpan(0, filled), out var status))
            {
                return status;
            }

            if (filled == _buffer.Length)
            {
                throw new InvalidDataException("The answer is longer than the generator reads.");
            }
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0 || !Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out status, out _))
        {
            return false;
        }

        var body = answer[(head + 4)..];
        if (Header(answer[..head], "content-length:"u8) is { } length)
        {
            return body.Length >= length;
        }

        // Without a length it is chunked, or has no body.
        return status == 204 || body.EndsWith("0\r\n\r\n"u8);
    }

    private static int? Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name)
                && Utf8Parser.TryParse(line[name.Length..].TrimStart((byte)' '), out int value, out _))
            {
                return value;
            }
        }

        return null;
    }
}
