using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Messaging.Processes;
using Microsoft.Data.Sqlite;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>The standalone process keeps its promise without any other component.</summary>
public sealed class StandaloneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_accepted_task_is_done_however_often_the_process_is_killed()
    {
        var ledger = new Ledger();
        for (var round = 0; round < 4; round++)
        {
            await using var app = await Start().ReadyAsync();
            using var stop = new CancellationTokenSource();
            var senders = Enumerable.Range(0, 8).Select(_ => ledger.SendAsync(app.Client, stop.Token)).ToList();
            await Eventually.True(() => ledger.Accepted.Count >= (round + 1) * 200, "the process accepts requests");
            await app.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
        }

        await using (var app = await Start().ReadyAsync())
        {
            app.Client.DefaultRequestHeaders.Add("X-Api-Key", (await File.ReadAllTextAsync(KeyFile)).TrimEnd()); // an anonymous caller is not told of mails
            await ledger.AllSucceededAsync(app.Client);
            await Eventually.True(
                async () => await CountAsync("tasks WHERE state <> 3") == 0 && await CountAsync("outbox") == 0, "what follows, and what was accepted without an answer, is done");
            Assert.Equal(0, await app.TerminateAsync());
        }

        var mails = Directory.GetFiles(_folder.File("mails"), "*.eml").Select(f => Path.GetFileNameWithoutExtension(f)!).ToHashSet();
        Assert.All(ledger.Accepted.Where(a => a.Value.StartsWith("/register", StringComparison.Ordinal)), a => Assert.Contains(a.Key.ToString("N"), mails));
        Assert.InRange(await CountAsync("users"), ledger.Registrations, ledger.Registrations + ledger.Unanswered.Count);
        Assert.InRange(await CountAsync("activity_log WHERE message LIKE 'entry%'"), ledger.Entries, ledger.Entries + ledger.Unanswered.Count);
        Assert.Equal(0, await CountAsync("outbox"));
        Assert.Equal(await CountAsync("tasks"), await CountAsync("tasks WHERE state = 3"));
        Assert.Equal(await CountAsync("activity_log"), await CountAsync("(SELECT DISTINCT message, properties FROM activity_log)"));
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_ends_with_a_message()
    {
        await using var first = await Start().ReadyAsync();
        await using var second = Start();

        Assert.Equal(1, await second.ExitAsync());
        await Eventually.True(() => second.Output.Contains("is another Standalone running on it?", StringComparison.Ordinal), "the reason is said");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_its_user_can_read_what_it_stores()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A folder there has no mode.");
        var open = Directory.CreateDirectory(_folder.File("empty"), (UnixFileMode)0b111_111_101);
        var ledger = new Ledger();
        await using (var app = await Start(open.FullName).ReadyAsync())
        {
            using var stop = new CancellationTokenSource();
            var sender = ledger.SendAsync(app.Client, stop.Token);
            await Eventually.True(() => Directory.Exists(Path.Combine(open.FullName, "mails")) && open.GetFiles("mails/*.eml").Length > 0, "a mail is written");
            await stop.CancelAsync();
            await sender;

            var entries = open.GetFileSystemInfos("*", SearchOption.AllDirectories).Append(open).ToList();

            Assert.Contains(entries, e => e.Name == "messaging.db-wal");
            foreach (var entry in entries)
            {
                var others = entry.UnixFileMode & (UnixFileMode)0b000_111_111;
                entry.Refresh();
                Assert.True(others == UnixFileMode.None || !entry.Exists, $"{entry.FullName}: {others}"); // a mail that is being written is renamed
            }
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_folder_of_others_that_is_open_is_refused_and_left()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A folder there has no mode.");
        var shared = Directory.CreateDirectory(_folder.File("shared"), (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(Path.Combine(shared.FullName, "of-somebody-else"), "");

        await using var app = Start(shared.FullName);

        Assert.Equal(1, await app.ExitAsync());
        await Eventually.True(() => app.Output.Contains("is accessible to other users", StringComparison.Ordinal), "the reason is said");
        Assert.Equal((UnixFileMode)0b111_101_101, shared.UnixFileMode);
        Assert.Single(shared.GetFileSystemInfos());
    }

    [Fact]
    public async Task Behind_a_plain_proxy_it_is_open_to_nobody_without_the_key()
    {
        await using var app = await Start().ReadyAsync();
        using var proxy = new PlainProxy(app.Client.BaseAddress!.Port);
        using var client = new HttpClient { BaseAddress = proxy.Address };

        using var anonymous = await client.GetAsync("/audit");
        client.DefaultRequestHeaders.Add("X-Api-Key", (await File.ReadAllTextAsync(KeyFile)).TrimEnd());
        using var owner = await client.GetAsync("/audit");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (anonymous.StatusCode, owner.StatusCode));
    }

    [Fact]
    public async Task The_log_names_the_key_file_and_a_restart_keeps_it()
    {
        string key;
        await using (var first = await Start().ReadyAsync())
        {
            key = (await File.ReadAllTextAsync(KeyFile)).TrimEnd();
            await Eventually.True(() => first.Output.Contains(KeyFile, StringComparison.Ordinal), "the place is said");
            Assert.DoesNotContain(key, first.Output, StringComparison.Ordinal);
            await first.KillAsync();
        }

        await using var second = await Start().ReadyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit") { Headers = { { "X-Api-Key", key } } };
        using var response = await second.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Links_in_mails_lead_to_where_it_listens()
    {
        await using var app = await Start().ReadyAsync();
        using var answer = await app.Client.PostAsync("/register?email=ann@example.org", null);
        answer.EnsureSuccessStatusCode();

        await Eventually.True(() => Directory.Exists(_folder.File("mails")) && Directory.GetFiles(_folder.File("mails"), "*.eml").Length == 1, "the mail is there");
        var link = $"{app.Client.BaseAddress}password/reset#token";
        Assert.Contains(link, File.ReadAllText(Directory.GetFiles(_folder.File("mails"), "*.eml")[0]).Replace("=3D", "=", StringComparison.Ordinal), StringComparison.Ordinal);
        await Eventually.True(() => app.Output.Contains($"Links in mails begin with {app.Client.BaseAddress!.ToString().TrimEnd('/')} ", StringComparison.Ordinal), "it is logged");
    }

    [Theory]
    [InlineData("/register", "application/json")]
    [InlineData("/uploads", "multipart/form-data; boundary=x")]
    [InlineData("/queues/user-registered/purge", "application/json")]
    public async Task A_client_that_resets_in_mid_body_leaves_no_error(string path, string contentType)
    {
        await using var app = await Start().ReadyAsync();
        var key = (await File.ReadAllTextAsync(KeyFile)).TrimEnd();
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {key}\r\nContent-Type: {contentType}\r\nContent-Length: 1000\r\n\r\n{{\"email\":";
        await Parallel.ForAsync(0, 1_000, async (_, cancellationToken) =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port, cancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        });

        Assert.Equal(0, await app.TerminateAsync()); // and so the log is whole

        Assert.DoesNotContain("fail:", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_watches_no_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there a process's handles can be listed.");
        await using var app = await Start().ReadyAsync();

        var handles = Directory.GetFiles($"/proc/{app.Id}/fd").Select(f => new FileInfo(f).LinkTarget).ToList();

        Assert.Contains(handles, h => h?.EndsWith("messaging.db", StringComparison.Ordinal) == true);
        Assert.DoesNotContain("anon_inode:inotify", handles);
    }

    private string KeyFile => _folder.File("operator.key");

    private AppProcess Start(string? folder = null) =>
        AppProcess.Start("Standalone", new(WideLimits.Environment) { ["Standalone__DataFolder"] = folder ?? _folder.Path, ["AccessLog__Enabled"] = "false", ["Outbox__RunSchedules"] = "false", ["Outbox__CommitTimeout"] = "00:00:30" });

    private async Task<long> CountAsync(string table)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("messaging.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
