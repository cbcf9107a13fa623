using System.Reflection;

namespace Messaging.Api.Tests.Reference;

/// <summary>A client that Kiota makes from the document and nothing else, against the API.</summary>
public sealed class GeneratedClientTests
{
    [Fact]
    public async Task ClientRegistersFollowsAndRedrives()
    {
        await using var api = new StandaloneApi(("Endpoints:user-registered:Retry:ImmediateRetries", "0"), ("Endpoints:user-registered:Retry:DelayedRetries", "0"));
        using var document = await DocumentFile.OfAsync(api);
        var (exitCode, output) = await new Tools(InRepository.File("")).RunAsync(
            "kiota", "generate", "-l", "CSharp", "-d", document.Path, "-o", document.Output, "-n", "Generated", "-c", "MessagingClient");
        Assert.True(exitCode == 0, output);

        var client = GeneratedCode.Compile([.. Directory.GetFiles(document.Output, "*.cs", SearchOption.AllDirectories), JourneyFile]);

        using var http = api.CreateClient();
        var run = client.GetType("Generated.Journey")!.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.Static)!;
        await (Task)run.Invoke(null, [http, (Action)api.BlockMails, (Action)api.UnblockMails])!;
    }

    // It is compiled with the client, not with the tests.
    private static string JourneyFile => Path.Combine(AppContext.BaseDirectory, "Reference", "GeneratedClient", "Journey.cs");
}
