using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Messaging.Processes;

/// <summary>
/// An SMTP server that says what it is told to: the reply to a mail is taken from <see cref="Replies"/>, then 250. What it
/// accepts is in <see cref="Mails"/>.
/// </summary>
public sealed class FakeSmtpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public FakeSmtpServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Replies to the ends of the next mails, such as <c>451 try later</c>; <c>DROP</c> closes the connection, <c>HANG</c> says nothing.</summary>
    public ConcurrentQueue<string> Replies { get; } = new();

    /// <summary>Replies to the next recipients.</summary>
    public ConcurrentQueue<string> RecipientReplies { get; } = new();

    public ConcurrentQueue<string> Mails { get; } = new();

    /// <summary>The Message-IDs of <see cref="Mails"/>: what tells one that came twice from two.</summary>
    public IEnumerable<string> MessageIds =>
        Mails.Select(m => m.Split('\n').First(l => l.StartsWith("Message-", StringComparison.OrdinalIgnoreCase) && l.Contains('<', StringComparison.Ordinal)).Trim());

    /// <summary>How long a reply to a mail takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>What the replies to all mails wait for, if a test holds them.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Mails whose end was seen, whatever the reply was.</summary>
    public int Attempts;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.UTF8);
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 fake");
                while (await reader.ReadLineAsync(_stop.Token) is { } line && await AnswerAsync(line, reader, writer))
                {
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client is gone, or the server is disposed.
            }
        }
    }

    private async Task<bool> AnswerAsync(string line, StreamReader reader, StreamWriter writer)
    {
        switch (line.Split(' ', ':')[0].ToUpperInvariant())
        {
            case "RCPT":
                await writer.WriteLineAsync(RecipientReplies.TryDequeue(out var refusal) ? refusal : "250 ok");
                return true;
            case "DATA":
                await writer.WriteLineAsync("354 go on");
                return await ReceiveAsync(reader, writer);
            case "QUIT":
                await writer.WriteLineAsync("221 bye");
                return false;
            default:
                await writer.WriteLineAsync("250 ok");
                return true;
        }
    }

    private async Task<bool> ReceiveAsync(StreamReader reader, StreamWriter writer)
    {
        var mail = new StringBuilder();
        string? line;
        while ((line = await reader.ReadLineAsync(_stop.Token)) != ".")
        {
            if (line is null)
            {
                return false; // the client has ended before its mail, which is none
            }

            mail.AppendLine(line);
        }

        Interlocked.Increment(ref Attempts);
        var reply = Replies.TryDequeue(out var told) ? told : "250 accepted";
        if (reply == "HANG")
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        await Task.Delay(Delay, _stop.Token);
        await Held.WaitAsync(_stop.Token);
        if (reply is "250 accepted" or "DROP")
        {
            Mails.Enqueue(mail.ToString());
        }

        if (reply == "DROP")
        {
            return false;
        }

        await writer.WriteLineAsync(reply);
        return true;
    }
}
