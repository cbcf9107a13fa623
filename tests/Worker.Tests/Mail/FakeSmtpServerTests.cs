using System.Net;
using System.Net.Sockets;
using Messaging.Processes;

namespace Messaging.Worker.Tests.Mail;

/// <summary>The server that takes the tests' mails takes whole ones only, as real servers do.</summary>
public sealed class FakeSmtpServerTests
{
    [Fact]
    public async Task A_client_that_ends_in_mid_mail_has_sent_none()
    {
        using var server = new FakeSmtpServer();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("DATA");
        Assert.Equal("220 fake", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("354 go on", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        await writer.WriteLineAsync("Subject: Welcome");
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken)); // it has closed the connection, and says nothing about a mail
        Assert.Equal((0, 0), (server.Mails.Count, server.Attempts));
    }
}
