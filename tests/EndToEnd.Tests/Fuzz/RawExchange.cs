using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Sends bytes over a connection of their own, and reads what comes back.</summary>
internal static class RawExchange
{
    /// <summary>Far more than any answer takes; beyond it a request hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int LongestAnswer = 1 << 20;

    /// <returns>The last answer, or what came of it; no status when the connection was closed without one.</returns>
    public static async Task<FuzzAnswer> SendAsync(int port, FuzzRequest request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        var answer = new MemoryStream();
        try
        {
            await SendAsync(socket, request, patience.Token);
            if (request.Ending != Ending.Reset)
            {
                await ReadAsync(socket, answer, patience.Token);
            }
        }
        catch (SocketException)
        {
            // It was closed while it was written to, or read from: an answer may have come before.
        }
        catch (OperationCanceledException)
        {
            return new FuzzAnswer(Status(answer), Text(answer), IsLate: true);
        }

        return new FuzzAnswer(Status(answer), Text(answer), IsLate: false);
    }

    private static async Task SendAsync(Socket socket, FuzzRequest request, CancellationToken cancellationToken)
    {
        for (var rest = request.Bytes.AsMemory(); rest.Length > 0;)
        {
            rest = rest[await socket.SendAsync(rest, cancellationToken)..];
        }

        if (request.Ending == Ending.HalfClosed)
        {
            socket.Shutdown(SocketShutdown.Send);
        }
    }

    private static async Task ReadAsync(Socket socket, MemoryStream answer, CancellationToken cancellationToken)
    {
        var buffer = new byte[16_384];
        while (answer.Length < LongestAnswer && await socket.ReceiveAsync(buffer, cancellationToken) is var count and > 0)
        {
            answer.Write(buffer, 0, count);
            if (Head(answer).Contains("Content-Type: text/event-stream", StringComparison.OrdinalIgnoreCase))
            {
                return; // it does not end by itself
            }
        }
    }

    private static string Head(MemoryStream answer) => Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)Math.Min(answer.Length, 1_000));

    private static string Text(MemoryStream answer) => Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);

    /// <summary>What is sent before the answer, as 100, does not count.</summary>
    private static int? Status(MemoryStream answer)
    {
        for (var text = Text(answer); text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && text.Length >= 12;)
        {
            var status = int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture);
            if (status >= 200)
            {
                return status;
            }

            text = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and >= 0 ? text[(end + 4)..] : "";
        }

        return null;
    }
}

/// <param name="Status">Null when there was none.</param>
/// <param name="Text">Headers and body.</param>
/// <param name="IsLate">Whether it was waited for in vain.</param>
internal sealed record FuzzAnswer(int? Status, string Text, bool IsLate);
