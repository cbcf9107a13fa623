using Messaging.Outbox.AspNetCore.Access;
using System.Net;
using System.Runtime.Versioning;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Access;

/// <summary>Standalone without configured keys: whoever can read its key file operates it, and nobody else.</summary>
public sealed class OperatorKeyFileTests(AnonymousApi anonymous) : IClassFixture<AnonymousApi>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("operator.key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_key_of_the_file_operates_and_the_audit_calls_it_local()
    {
        await using var api = new StandaloneApi();
        await api.QueueIsKnownAsync("user-registered");
        using var client = api.CreateClient();

        using var pause = await client.PostAsync("/queues/user-registered/pause", null);

        Assert.True(pause.IsSuccessStatusCode);
        Assert.Contains("\"who\":\"local\"", await client.GetStringAsync("/audit"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "localhost:8080")]
    [InlineData("Host", "rebound.example.org")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("X-Api-Key", "msg_47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    public async Task Without_the_key_nothing_is_allowed_from_any_address(string header, string value)
    {
        using var client = anonymous.Api.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var read = await client.GetAsync("/audit");
        using var pause = await client.PostAsync("/queues/user-registered/pause", null);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (read.StatusCode, pause.StatusCode));
        Assert.Contains("operator.key", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task The_address_of_this_machine_allows_nothing(string address)
    {
        var answer = await anonymous.Api.Server.SendAsync(context =>
        {
            context.Request.Path = "/audit";
            context.Request.Host = new HostString("localhost");
            context.Connection.RemoteIpAddress = context.Connection.LocalIpAddress = IPAddress.Parse(address);
        });

        Assert.Equal(StatusCodes.Status401Unauthorized, answer.Response.StatusCode);
    }

    [Fact]
    public async Task A_web_page_of_somebody_else_may_not_send_the_header()
    {
        using var client = anonymous.Api.CreateClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/queues/user-registered/pause");
        preflight.Headers.Add("Origin", "https://example.org");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "x-api-key");

        using var response = await client.SendAsync(preflight);

        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_configured_key_ends_the_one_of_the_file()
    {
        var old = OperatorKeyFile.ReadOrCreate(Path);
        var key = File.ReadAllText(Path).TrimEnd();
        await using var api = new StandaloneApi(
            ("Access:Keys:0:Name", "rita"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(ApiKeys.New())));
        using var client = api.CreateClient();
        Assert.False(File.Exists(api.OperatorKeyFile));
        File.Copy(Path, api.OperatorKeyFile);
        client.DefaultRequestHeaders.Add("X-Api-Key", key);

        using var response = await client.GetAsync("/audit");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(ApiKeys.Hash(key), old.Hash);
    }

    [Fact]
    public void The_key_is_made_once_and_read_again()
    {
        var first = OperatorKeyFile.ReadOrCreate(Path);

        Assert.Equal(first.Hash, OperatorKeyFile.ReadOrCreate(Path).Hash);
        Assert.Equal(first.Hash, ApiKeys.Hash(File.ReadAllText(Path).TrimEnd()));
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_half_written_key_file_is_not_a_key()
    {
        File.WriteAllText(Path + ".new", "msg_");

        Assert.NotEqual(ApiKeys.Hash("msg_"), OperatorKeyFile.ReadOrCreate(Path).Hash);
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("msg_")]
    [InlineData("password")]
    public void A_malformed_key_is_refused(string content)
    {
        File.WriteAllText(Path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var refused = Assert.Throws<OptionsValidationException>(() => OperatorKeyFile.ReadOrCreate(Path));

        Assert.Contains("does not contain a key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_key_file_is_private_and_a_shared_one_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A file there has no mode.");
        OperatorKeyFile.ReadOrCreate(Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var refused = Assert.Throws<OptionsValidationException>(() => OperatorKeyFile.ReadOrCreate(Path));

        Assert.Contains("could be read by other users", refused.Message, StringComparison.Ordinal);
    }
}
