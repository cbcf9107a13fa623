[assembly: AssemblyFixture(typeof(Messaging.Packages.Tests.Feed))]

namespace Messaging.Packages.Tests;

/// <summary>
/// A folder with the packages of all rooms. They are made from a copy of the sources, so that the build of these tests is left alone; it is a
/// repository whose remote has an address on the web, as a publisher's has, so that source links are real.
/// </summary>
public sealed class Feed : IAsyncLifetime
{
    public const string Version = "0.1.0-test", Remote = "https://github.com/example/messaging";

    private readonly TemporaryFolder _folder = new();

    public string Packages => _folder.File("packages");

    public string File(string id, string extension) => Path.Combine(Packages, $"{id}.{Version}.{extension}");

    /// <summary>Another folder for a test, deleted with this one.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    public async ValueTask InitializeAsync()
    {
        var copy = NewFolder("copy");
        Sources.CopyRooms(copy);
        await GitAsync(copy, "init", "--quiet");
        await GitAsync(copy, "remote", "add", "origin", $"{Remote}.git");
        await GitAsync(copy, "add", ".");
        await GitAsync(copy, "commit", "--quiet", "--message", "A copy");

        await Command.RunAsync(copy, "dotnet", "new", "sln", "--name", "Rooms");
        await Command.RunAsync(copy, "dotnet", ["sln", "add", .. Directory.GetFiles(Path.Combine(copy, "src"), "*.csproj", SearchOption.AllDirectories)]);
        await Command.RunAsync(copy, "dotnet", "pack", "--output", Packages, $"-p:Version={Version}", "-p:RunAnalyzers=false");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Task GitAsync(string folder, params IReadOnlyList<string> arguments) =>
        Command.RunAsync(folder, "git", ["-c", "user.name=test", "-c", "user.email=test@example.org", .. arguments]);
}
