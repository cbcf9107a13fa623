using System.Net;

namespace Messaging.Packages.Tests;

/// <summary>A solution that has nothing of this one but its packages.</summary>
public sealed class NewSolutionTests(Feed feed)
{
    [Fact]
    public async Task MessageIsEnqueuedConsumedAndSucceeds()
    {
        var solution = await BuildAsync("App");

        var output = await Command.RunAsync(solution, "dotnet", "run", "--no-build", "--project", "App", "--", Path.Combine(solution, "app.db"));

        Assert.Contains("Hello, Ada", output, StringComparison.Ordinal);
        Assert.Contains("Succeeded", output, StringComparison.Ordinal);
    }

    /// <summary>The first program of docs/guides/library.md.</summary>
    [Fact]
    public async Task ProgramOfTheGuideTakesAnOrderAndShowsIt()
    {
        var solution = await BuildAsync("Shop");
        await using var shop = await RunningProgram.StartAsync(Path.Combine(solution, "Shop"), "Shop", TestContext.Current.CancellationToken);

        using var answer = await shop.Client.PostAsync($"/orders/{Guid.NewGuid()}", content: null, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, shop.Output);

        await Eventually.True(async () => (await shop.Client.GetStringAsync(answer.Headers.Location)).Contains("Succeeded", StringComparison.Ordinal), () => shop.Output);
        await Eventually.True(() => shop.Output.Contains("Invoice for", StringComparison.Ordinal), "what the program has printed is read");
        Assert.Contains("<title>", await shop.Client.GetStringAsync("/dashboard", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        shop.Client.DefaultRequestHeaders.Add("X-Api-Key", (await File.ReadAllTextAsync(Path.Combine(solution, "Shop", "operator.key"), TestContext.Current.CancellationToken)).Trim());
        Assert.Contains("InvoiceRequested", await shop.Client.GetStringAsync("/task-types", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <returns>The folder of a new solution with one project.</returns>
    private async Task<string> BuildAsync(string name)
    {
        var solution = feed.NewFolder($"solution-{name}");
        var app = Directory.CreateDirectory(Path.Combine(solution, name)).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, name)))
            File.Copy(file, Path.Combine(app, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(solution, "nuget.config"), Configuration(solution));
        await Command.RunAsync(solution, "dotnet", "new", "sln");
        await Command.RunAsync(solution, "dotnet", "sln", "add", name);
        await Command.RunAsync(solution, "dotnet", "build", $"-p:RoomVersion={Feed.Version}");
        return solution;
    }

    // What others' packages the machine has already is taken from there: the feeds are asked for what it has not.
    private string Configuration(string solution) =>
        $"""
        <configuration>
          <config>
            <add key="globalPackagesFolder" value="{Path.Combine(solution, "packages")}" />
          </config>
          <fallbackPackageFolders>
            <add key="installed" value="{Installed}" />
          </fallbackPackageFolders>
          <packageSources>
            <add key="rooms" value="{feed.Packages}" />
          </packageSources>
        </configuration>
        """;

    private static string Installed =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
