using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Messaging.Outbox.RabbitMq;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>Where connections go when there are several nodes.</summary>
public sealed class RabbitMqHostTests
{
    [Theory]
    [InlineData("a", "a:5672")]
    [InlineData("a:1,b", "a:1 b:5672")]
    [InlineData(" a , 10.0.0.1:2 , [::1]:3 , fe80::1 ", "a:5672 10.0.0.1:2 [::1]:3 [fe80::1]:5672")]
    public void Hosts_are_read_with_and_without_ports(string text, string hosts) =>
        Assert.Equal(hosts, string.Join(' ', RabbitMqHost.ParseAll(text, 5672)));

    [Theory]
    [InlineData("a,,b", "''")]
    [InlineData("amqp://a", "'amqp://a'")]
    [InlineData("a:0", "'a:0'")]
    [InlineData("a:65536", "'a:65536'")]
    [InlineData("a;b", "'a;b'")]
    [InlineData("[::1", "'[::1'")]
    [InlineData("[::1]5", "'[::1]5'")]
    [InlineData("a b", "'a b'")]
    [InlineData("a,a:5672", "twice")]
    public void A_wrong_host_is_named(string text, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => RabbitMqHost.ParseAll(text, 5672)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Every_address_of_a_name_is_tried()
    {
        var addresses = await Dns.GetHostAddressesAsync("localhost", TestContext.Current.CancellationToken);

        var endpoints = new RabbitMqEndpoints(new RabbitMqOptions { Host = "localhost,127.0.0.9:9" });
        await endpoints.ResolveAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            addresses.Select(a => $"{a}:5672").Append("127.0.0.9:9").Order(StringComparer.Ordinal),
            endpoints.All().Select(e => $"{e.HostName}:{e.Port}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_node_that_failed_comes_last()
    {
        var endpoints = new RabbitMqEndpoints(new RabbitMqOptions { Host = "127.0.0.1,127.0.0.2,127.0.0.3" });
        await endpoints.ResolveAsync(TestContext.Current.CancellationToken);

        var first = endpoints.All().First().HostName; // and that connection ends
        var second = endpoints.All().First().HostName;
        var rest = endpoints.All().Select(e => e.HostName).ToList();

        Assert.Equal([first, second], rest[1..]);
        Assert.DoesNotContain(rest[0], new[] { first, second });
    }

    [Fact]
    public async Task The_certificate_has_to_bear_the_name_and_not_the_address()
    {
        var endpoints = new RabbitMqEndpoints(new RabbitMqOptions { Host = "localhost", UseTls = true });
        await endpoints.ResolveAsync(TestContext.Current.CancellationToken);

        Assert.All(endpoints.All(), e => Assert.Equal((true, "localhost", SslPolicyErrors.None), (e.Ssl.Enabled, e.Ssl.ServerName, e.Ssl.AcceptablePolicyErrors)));
    }

    [Fact]
    public async Task A_silent_peer_is_disconnected()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new WatchedTcpClient(AddressFamily.InterNetwork, TimeSpan.FromMilliseconds(500));
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port, TestContext.Current.CancellationToken);
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await peer.SendAsync(new byte[] { 1 }, TestContext.Current.CancellationToken); // before the silence is counted
        await using var stream = client.GetStream();

        Assert.Equal(1, await stream.ReadAsync(new byte[9].AsMemory(), TestContext.Current.CancellationToken));
        Assert.Equal(0, await stream.ReadAsync(new byte[9].AsMemory(), TestContext.Current.CancellationToken));
    }
}
