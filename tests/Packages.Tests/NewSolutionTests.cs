namespace Messaging.Packages.Tests;

/// <summary>A solution that has nothing of this one but its packages.</summary>
public sealed class NewSolutionTests(Feed feed)
{
    [Fact]
    public async Task MessageIsEnqueuedConsumedAndSucceeds()
    {
        var solution = feed.NewFolder("solution");
        var app = Directory.CreateDirectory(Path.Combine(solution, "App")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "App")))
            File.Copy(file, Path.Combine(app, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(solution, "nuget.config"), Configuration(solution));
        await Command.RunAsync(solution, "dotnet", "new", "sln");
        await Command.RunAsync(solution, "dotnet", "sln", "add", "App");

        await Command.RunAsync(solution, "dotnet", "build", $"-p:RoomVersion={Feed.Version}");
        var output = await Command.RunAsync(solution, "dotnet", "run", "--no-build", "--project", "App", "--", Path.Combine(solution, "app.db"));

        Assert.Contains("Hello, Ada", output, StringComparison.Ordinal);
        Assert.Contains("Succeeded", output, StringComparison.Ordinal);
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
