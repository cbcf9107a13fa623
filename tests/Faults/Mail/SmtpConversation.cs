using System.Text;

namespace Messaging.Faults.Mail;

/// <summary>What is said over one connection to the mail server.</summary>
internal sealed class SmtpConversation(SmtpSink sink, Stream stream)
{
    private readonly StreamReader _reader = new(stream, Encoding.UTF8);
    private readonly StreamWriter _writer = new(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _writer.WriteLineAsync("220 sink");
        while (await _reader.ReadLineAsync(cancellationToken) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "DATA":
                    await _writer.WriteLineAsync("354 go on");
                    if (!await ReceiveAsync(cancellationToken))
                    {
                        return;
                    }

                    break;
                case "QUIT":
                    await _writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await _writer.WriteLineAsync("250 ok");
                    break;
            }
        }
    }

    private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        var (id, to, headers) = ((Guid?)null, "", true);
        while (true)
        {
            var line = await _reader.ReadLineAsync(cancellationToken);
            if (line is null)
            {
                return false; // it broke off in the middle: that is no mail
            }

            if (line == ".")
            {
                break;
            }

            headers &= line.Length > 0;
            if (headers && Value(line, "Message-Id:") is { } messageId)
            {
                id = Guid.TryParse(messageId.Trim('<', '>').Split('@')[0], out var parsed) ? parsed : null;
            }
            else if (headers && Value(line, "To:") is { } address)
            {
                to = address.Trim('<', '>');
            }
        }

        var reply = sink.ReplyToMail();
        sink.Mails.Enqueue(new SinkMail(id, to, DateTimeOffset.UtcNow, reply));
        if (reply is null)
        {
            return false;
        }

        await _writer.WriteLineAsync(reply);
        return true;
    }

    private static string? Value(string line, string header) =>
        line.StartsWith(header, StringComparison.OrdinalIgnoreCase) ? line[header.Length..].Trim() : null;
}
