using System.Net;
using System.Net.Sockets;
using System.Text;
using Messaging.Processes;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>Connections that send nothing, or half of something, keep nobody else from being served.</summary>
public sealed class ConnectionTests : IDisposable
{
    private static readonly byte[] HalfRequest = Encoding.ASCII.GetBytes("POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Ty");

    private static readonly byte[] HalfBody = Encoding.ASCII.GetBytes(
        $"POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{\"email\":\"{new string('a', 4_000)}");

    private readonly TemporaryFolder _folder = new();
    private readonly List<Socket> _sockets = [];

    public void Dispose()
    {
        CloseAll();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_do_not_stop_the_service()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of descriptors is read from /proc.");
        await using var app = await Start("true").ReadyAsync();

        await ConnectAsync(app, 10_000, i => i % 3 == 0 ? [] : i % 3 == 1 ? HalfRequest : HalfBody);

        Assert.Equal(HttpStatusCode.Accepted, await RegisterAsync(app, "during@example.org"));
        CloseAll();
        Assert.Equal(HttpStatusCode.Accepted, await RegisterAsync(app, "after@example.org"));
        await Eventually.True(() => DescriptorsOf(app) < 500, "the descriptors are free again");
        Assert.DoesNotContain("Out of memory", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_few_descriptors_it_refuses_connections_and_recovers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is ulimit.");
        await using var app = await Start("ulimit -n 800").ReadyAsync();

        await ConnectAsync(app, 900, _ => []);

        await Eventually.True(() => DescriptorsOf(app) < 790, "those that are too many are closed");
        CloseAll();
        await Eventually.True(async () => await RegisterAsync(app, "after@example.org") == HttpStatusCode.Accepted, "it takes connections again");
    }

    [Fact]
    public async Task One_address_alone_leaves_connections_to_others()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "All of 127.0.0.0/8 is this machine.");
        await using var app = await Start("export Api__MaxConnections=40").ReadyAsync();

        await ConnectAsync(app, 60, _ => HalfRequest);

        await Eventually.True(() => ClosedCount() >= 60 - 30, "the address has no more than its share");
        Assert.Equal(HttpStatusCode.Accepted, await RegisterAsync(app, "other@example.org", from: "127.0.0.9"));
    }

    [Fact]
    public async Task Half_sent_bodies_do_not_use_up_a_small_heap()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is ulimit.");
        await using var app = await Start("export DOTNET_GCHeapHardLimit=0x10000000").ReadyAsync(); // 256 MiB

        await ConnectAsync(app, 2_700, _ => HalfBody);

        var answer = await RegisterAsync(app, "during@example.org");
        Assert.True(answer == HttpStatusCode.Accepted, $"{answer}: {app.Output}");
        Assert.DoesNotContain("OutOfMemory", app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/scalar.js")]
    public async Task Answers_that_nobody_reads_do_not_use_up_a_small_heap(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is ulimit.");
        await using var app = await Start("export DOTNET_GCHeapHardLimit=0x10000000").ReadyAsync(); // 256 MiB

        await ConnectAsync(app, 6_000, _ => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        var answer = await RegisterAsync(app, "during@example.org", from: "127.0.0.9"); // one address has no more than its share
        Assert.True(answer == HttpStatusCode.Accepted, $"{answer}: {app.Output}");
        Assert.DoesNotContain("OutOfMemory", app.Output, StringComparison.Ordinal);
    }

    private AppProcess Start(string before) => AppProcess.StartInShell(
        "Standalone", before, new(WideLimits.Environment) { ["Standalone__DataFolder"] = _folder.Path, ["AccessLog__Enabled"] = "false", ["Outbox__CommitTimeout"] = "00:00:30" });

    private static int DescriptorsOf(AppProcess app) => Directory.GetFiles($"/proc/{app.Id}/fd").Length;

    /// <summary>One that is refused is closed by the server, at once or when it is used.</summary>
    private async Task ConnectAsync(AppProcess app, int count, Func<int, byte[]> firstBytes)
    {
        var address = new IPEndPoint(IPAddress.Loopback, app.Client.BaseAddress!.Port);
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2_048 };
            _sockets.Add(socket);
            try
            {
                await socket.ConnectAsync(address);
                await socket.SendAsync(firstBytes(i));
            }
            catch (SocketException)
            {
                // Refused.
            }
        }
    }

    private int ClosedCount() => _sockets.Count(s => !s.Connected || (s.Poll(0, SelectMode.SelectRead) && s.Available == 0));

    private static async Task<HttpStatusCode> RegisterAsync(AppProcess app, string email, string from = "127.0.0.1")
    {
        try
        {
            using var handler = new SocketsHttpHandler { ConnectCallback = (context, cancellationToken) => OpenAsync(from, context.DnsEndPoint.Port, cancellationToken) };
            using var client = new HttpClient(handler) { BaseAddress = app.Client.BaseAddress, Timeout = TimeSpan.FromMinutes(1) };
            using var answer = await client.PostAsync($"/register?email={email}", content: null);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }

    private static async ValueTask<Stream> OpenAsync(string from, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private void CloseAll()
    {
        _sockets.ForEach(s => s.Dispose());
        _sockets.Clear();
    }
}
