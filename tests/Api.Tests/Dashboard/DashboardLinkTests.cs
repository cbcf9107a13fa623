using System.Net;
using Messaging.Api.Tests.Access;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.Dashboard;
using Messaging.Outbox.Dashboard.SignIn;
using Messaging.Standalone;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>A link for the user who runs Standalone and can read its key's file.</summary>
public sealed class DashboardLinkTests
{
    private static readonly AccessKey Key = new() { Hash = ApiKeys.Hash(ApiKeys.New()) };

    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task LinkSignsInOnce()
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var browser = new Browser(api.CreateClient(new() { HandleCookies = false }));
        var code = CodeOf(api.OperatorKeyFile);

        using var first = await browser.TrySignInAsync(new { code });
        using var session = await browser.GetAsync("/dashboard/session");
        using var second = await browser.TrySignInAsync(new { code });

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (first.StatusCode, second.StatusCode));
        Assert.Contains("\"local\"", await session.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinkIsOfNoUseOnceAKeyIsConfigured()
    {
        using var folder = new TemporaryFolder();
        OperatorKeyFile.ReadOrCreate(folder.File("operator.key"));
        await using var api = new StandaloneApi(TwoKeysApi.Settings);
        using var browser = new Browser(api.CreateClient(new() { HandleCookies = false }));

        using var response = await browser.TrySignInAsync(new { code = CodeOf(folder.File("operator.key")) });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void CodeOfAnotherTimeOrKeyIsOfNoUse()
    {
        var before = new SignInCodes(_time).New(Key);
        _time.Shift += TimeSpan.FromSeconds(1);
        var codes = new SignInCodes(_time);
        var (expired, kept, other) = (codes.New(Key), codes.New(Key), codes.New(new AccessKey { Hash = ApiKeys.Hash(ApiKeys.New()) }));

        Assert.True(codes.TryUse(kept, Key));
        Assert.False(codes.TryUse(kept, Key));
        Assert.False(codes.TryUse(before, Key)); // nobody knows any more whether it was used
        Assert.False(codes.TryUse(other, Key));
        Assert.False(codes.TryUse(kept[..^1], Key));
        Assert.False(codes.TryUse("", Key));
        _time.Shift += SignInCodes.Lifetime;
        Assert.False(codes.TryUse(expired, Key));
    }

    [Fact]
    public void UsedCodeStaysUsedWhenTheClockIsPutBack()
    {
        var codes = new SignInCodes(_time);
        var code = codes.New(Key);
        Assert.True(codes.TryUse(code, Key));

        _time.Shift += SignInCodes.Lifetime;
        Assert.True(codes.TryUse(codes.New(Key), Key));
        _time.Shift -= SignInCodes.Lifetime;

        Assert.False(codes.TryUse(code, Key));
    }

    [Fact]
    public async Task LinkIsNotUsedUpByASignInThatFailed()
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var browser = new Browser(api.CreateClient(new() { HandleCookies = false }));
        var code = CodeOf(api.OperatorKeyFile);
        await api.ExecuteAsync("ALTER TABLE sessions RENAME TO away");
        using var failed = await browser.TrySignInAsync(new { code });
        await api.ExecuteAsync("ALTER TABLE away RENAME TO sessions");

        using var second = await browser.TrySignInAsync(new { code });

        Assert.False(failed.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
    }

    [Theory]
    [InlineData("http://localhost:8080/dashboard")]
    [InlineData("http://localhost:9000/ops", "--urls=http://localhost:1", "--Dashboard:Path=/other", "--Access:Keys:0:Name=ann")]
    public void CommandPrintsALinkToTheProcessOfTheFolder(string address, params string[] others)
    {
        using var folder = new TemporaryFolder();
        OperatorKeyFile.ReadOrCreate(folder.File("operator.key"));
        using var process = DataFolder.TryOwn(folder.Path);
        File.WriteAllText(folder.File("dashboard.url"), address);

        var (exitCode, output) = Printed(to => StandaloneDashboard.PrintLink([DashboardLink.Argument, $"--Standalone:DataFolder={folder.Path}", .. others], to, TextWriter.Null));

        Assert.Equal(0, exitCode);
        Assert.StartsWith($"{address}/#code=", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "Nothing runs on the data folder ")]
    [InlineData(true, "has access keys configured")]
    public void CommandSaysWhatIsMissing(bool runs, string what)
    {
        using var folder = new TemporaryFolder();
        using var process = runs ? DataFolder.TryOwn(folder.Path) : null;
        using var error = new StringWriter();

        var (exitCode, output) = Printed(to => StandaloneDashboard.PrintLink([DashboardLink.Argument, $"--Standalone:DataFolder={folder.Path}"], to, error));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(what, error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("operator.key"))); // the command makes none
    }

    /// <summary>A journal and a container's log keep what they read.</summary>
    [Theory]
    [InlineData("simple", false, true)]
    [InlineData("simple", true, false)]
    [InlineData("json", false, false)]
    [InlineData(null, true, false)]
    public void LinkIsPrintedToATerminalOnly(string? formatter, bool isRedirected, bool isPrinted) =>
        Assert.Equal(isPrinted, StartLink.IsReadByAPerson(formatter, isRedirected));

    [Fact]
    public void HelpNamesEachArgumentOnce() =>
        Assert.Equal(2, StandaloneOptions.Help.Split(DashboardLink.Argument).Length);

    [Fact]
    public async Task ExampleTakesItsElementFromWhereTheDashboardIs()
    {
        await using var api = new StandaloneApi(("Dashboard:Path", "/ops"));
        using var client = api.CreateClient();

        var page = await client.GetStringAsync("/example", TestContext.Current.CancellationToken);
        using var element = await client.GetAsync("/ops/task-progress.js", TestContext.Current.CancellationToken);

        Assert.Contains("src=\"ops/task-progress.js\"", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, element.StatusCode);
    }

    private static string CodeOf(string file) =>
        Printed(to => DashboardLink.Print(file, "http://localhost:8080/dashboard", to)).Output.Trim().Split("#code=")[1];

    private static (int ExitCode, string Output) Printed(Func<TextWriter, int> command)
    {
        using var output = new StringWriter();
        return (command(output), output.ToString());
    }
}
