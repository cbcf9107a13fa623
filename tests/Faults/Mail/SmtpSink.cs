using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Messaging.Faults.Links;

namespace Messaging.Faults.Mail;

/// <summary>What is wrong with the mail server.</summary>
internal enum SmtpTrouble
{
    None,

    /// <summary>It takes connections, and says nothing.</summary>
    Hangs,

    /// <summary>It takes no connection.</summary>
    Refuses,

    /// <summary>451 to every mail.</summary>
    Defers,

    /// <summary>550 to every third mail, for good.</summary>
    Rejects,

    /// <summary>It takes the mail, and breaks off before it confirms.</summary>
    DropsAfterData,
}

/// <summary>A mail whose end was seen.</summary>
/// <param name="TaskId">The task in its Message-ID; null when there is none.</param>
/// <param name="To">The address.</param>
/// <param name="At">When.</param>
/// <param name="Reply">What the sender was told; null when it was told nothing.</param>
internal sealed record SinkMail(Guid? TaskId, string To, DateTimeOffset At, string? Reply)
{
    /// <summary>It is in the recipient's mailbox, whether or not the sender knows.</summary>
    public bool IsDelivered => Reply is null || Reply.StartsWith('2');

    /// <summary>For good: the task fails.</summary>
    public bool IsRejected => Reply is not null && Reply.StartsWith('5');
}

/// <summary>A mail server that keeps what it is given, with faults of its own.</summary>
internal sealed class SmtpSink : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LoopbackPort _port;
    private volatile SmtpTrouble _trouble;
    private int _rejectable;

    public SmtpSink(int port)
    {
        _port = new LoopbackPort(new IPEndPoint(IPAddress.Loopback, port), ServeAsync);
        _port.Open();
    }

    public ConcurrentQueue<SinkMail> Mails { get; } = new();

    public SmtpTrouble Trouble
    {
        get => _trouble;
        set
        {
            _trouble = value;
            if (value == SmtpTrouble.Refuses)
            {
                _port.Close();
            }
            else
            {
                _port.Open();
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _port.Dispose();
        _stop.Dispose();
    }

    /// <summary>The reply to a mail that has come whole; null for none.</summary>
    internal string? ReplyToMail() => _trouble switch
    {
        SmtpTrouble.Defers => "451 later",
        SmtpTrouble.Rejects when Interlocked.Increment(ref _rejectable) % 3 == 0 => "550 never",
        SmtpTrouble.DropsAfterData => null,
        _ => "250 accepted",
    };

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                while (_trouble == SmtpTrouble.Hangs)
                {
                    await Task.Delay(100, _stop.Token);
                }

                await new SmtpConversation(this, new NetworkStream(client)).RunAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client is gone, or the server is disposed of.
            }
        }
    }
}
