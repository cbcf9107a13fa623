namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>What the programs say when they are started, rightly or wrongly.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("Standalone")]
    [InlineData("Api")]
    [InlineData("Worker")]
    public async Task Help_is_printed_without_any_setting(string program)
    {
        await using var app = AppProcess.Start(program, [], "--help");

        Assert.Equal(0, await app.ExitAsync());
        await Eventually.True(() => app.Output.Contains("--help", StringComparison.Ordinal), "the help is printed");
    }

    [Fact]
    public async Task A_secret_may_be_a_file_that_is_named_like_its_setting()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("Access__Keys__0__Hash"), "no-hash\n", TestContext.Current.CancellationToken);
        await using var app = AppProcess.Start(
            "Standalone",
            new() { ["Standalone__DataFolder"] = folder.Path, ["Access__Keys__0__Name"] = "ann", ["Access__Keys__0__Role"] = "operate" },
            $"--Secrets:Folder={folder.Path}");

        Assert.Equal(1, await app.ExitAsync());
        await Eventually.True(() => app.Output.Contains("Access:Keys:0 (ann): Hash", StringComparison.Ordinal), "it was read");
    }

    [Theory]
    [InlineData("Api", new string[0], "RabbitMq:Password is not set", "Database:Password is not set")]
    [InlineData("Worker", new string[0], "RabbitMq:Password is not set", "Database:Password is not set")]
    [InlineData("Worker", new[] { "--RabbitMq:Password=p", "--RabbitMq:Host=amqp://a" }, "'amqp://a' is not a host. It must be a name", "")]
    [InlineData("Api", new[] { "--migrate" }, "Database:Password is not set", "")]
    [InlineData("Standalone", new[] { "--Outbox:DispatchBatch=0" }, "DispatchBatch", "")]
    [InlineData("Standalone", new[] { "--Endpoints:log-requested:Prefetch=1" }, "Prefetch (1) must be at least Concurrency (16)", "")]
    [InlineData("Standalone", new[] { "--Endpoints:Default:Retry:DelayedRetries=-1" }, "DelayedRetries", "")]
    [InlineData("Standalone", new[] { "--Access:Keys:0:Name=ann", "--Access:Keys:0:Role=admin" }, "Access:Keys:0 (ann): Role", "Access:Keys:0 (ann): Hash")]
    [InlineData("Standalone", new[] { "--AccessLog:MaxPerSecond=0", "--AccessLog:SampleRatio=1.5" }, "MaxPerSecond", "SampleRatio")]
    [InlineData("Standalone", new[] { "--Logs:Retention=00:00:01" }, "Retention", "")]
    [InlineData("Api", new[] { "--Database:Port=many", "--Shutdown:Timeout=soon" }, "Database:Port must be an integer", "Shutdown:Timeout must be a duration")]
    [InlineData("Api", new[] { "--migrate", "--Database:Port=many" }, "'many' at 'Database:Port'", "")]
    [InlineData("Worker", new[] { "--Database:Password=p", "--Database:TargetSessionAttributes=foo" }, "Database:TargetSessionAttributes", "")]
    [InlineData("Worker", new[] { "--RabbitMq:Password=p", "--Database:Password=p", "--Database:Host=" }, "Database:Host", "")]
    [InlineData("Worker", new[] { "--Database:Password=p", "--Database:Schema=pg_mine", "--Database:TablePrefix=X-" }, "Database:Schema must be", "Database:TablePrefix must be")]
    [InlineData("Api", new[] { "--migrate", "--Database:Password=p", "--Database:Schema=a b" }, "Database:Schema must be", "")]
    [InlineData("Standalone", new[] { "--Reference:Access=9" }, "Reference:Access must be one of Open, Keyed, Off", "")]
    [InlineData("Standalone", new[] { "--Standalone:DataFolder=" }, "DataFolder field is required", "")]
    [InlineData("Standalone", new[] { "--Secrets:Folder=/no/such/folder" }, "Secrets:Folder is '/no/such/folder', which does not exist", "")]
    [InlineData("Standalone", new[] { "--urls=nonsense" }, "nonsense", "")]
    [InlineData("Standalone", new[] { "--urls=http://192.0.2.1:8080" }, "check the listening addresses", "")]
    [InlineData("Standalone", new[] { "--Kestrel:Endpoints:Http:Url=foo" }, "foo", "")]
    [InlineData("Standalone", new[] { "--Logging:LogLevel:Default=Loud" }, "Loud", "")]
    [InlineData("Standalone", new[] { "--Files:Folder=/proc/x" }, "/proc/x", "")]
    [InlineData("Api", new[] { "--migrte" }, "did you mean --migrate?", "")]
    public async Task A_wrong_setting_ends_the_process_and_is_named(string program, string[] arguments, string first, string second)
    {
        using var folder = new TemporaryFolder();
        await using var app = AppProcess.Start(program, new() { ["Standalone__DataFolder"] = folder.Path }, arguments);

        Assert.Equal(1, await app.ExitAsync());
        await Eventually.True(
            () => app.Output.Contains(first, StringComparison.Ordinal) && app.Output.Contains(second, StringComparison.Ordinal),
            "the settings are named");
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
    }
}
