using System.Net;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary><c>--new-key</c>.</summary>
public sealed class NewKeyTests
{
    [Fact]
    public async Task A_new_key_works_and_appears_in_no_log()
    {
        await using var maker = AppProcess.Start("Api", [], "--new-key", "read", "ann");
        Assert.Equal(0, await maker.ExitAsync());
        await Eventually.True(() => maker.Output.Contains("Hash=", StringComparison.Ordinal), "the settings are printed");
        var lines = maker.Output.Split('\n').Select(l => l.Trim()).ToList();
        var key = Assert.Single(lines, l => l.StartsWith("msg_", StringComparison.Ordinal));
        var settings = lines.Where(l => l.StartsWith("Access__", StringComparison.Ordinal)).Select(l => l.Split('=')).ToDictionary(p => p[0], p => p[1]);

        using var folder = new TemporaryFolder();
        settings["Standalone__DataFolder"] = folder.Path;
        await using var app = await AppProcess.Start("Standalone", settings).ReadyAsync();
        using var without = await app.Client.GetAsync("/audit");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit") { Headers = { { "X-Api-Key", key } } };
        using var with = await app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        Assert.DoesNotContain(key, app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(settings["Access__Keys__0__Hash"], app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_made_without_settings_that_can_be_read()
    {
        await using var maker = AppProcess.Start("Api", new() { ["Secrets__Folder"] = "/not/there" }, "--new-key", "read", "ann");

        Assert.Equal(0, await maker.ExitAsync());
        await Eventually.True(() => maker.Output.Contains("Access__Keys__0__Hash=", StringComparison.Ordinal), "the settings are printed");
        Assert.Contains("The settings cannot be read", maker.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin", "ann")]
    [InlineData("read", "two words")]
    public async Task A_key_of_an_unknown_role_or_name_is_not_made(string role, string name)
    {
        await using var maker = AppProcess.Start("Standalone", [], "--new-key", role, name);

        Assert.Equal(1, await maker.ExitAsync());
        await Eventually.True(() => maker.Output.Contains("read|operate", StringComparison.Ordinal), "the usage is printed");
        Assert.DoesNotContain("msg_", maker.Output, StringComparison.Ordinal);
    }
}
