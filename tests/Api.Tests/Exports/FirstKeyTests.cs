using Messaging.Api.Exports;
using Messaging.ServiceDefaults.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Exports;

/// <summary>The key that signs the links to exports.</summary>
public sealed class FirstKeyTests
{
    [Fact]
    public async Task Many_processes_that_start_at_once_share_one_key()
    {
        using var folder = new TemporaryFolder();
        var processes = Enumerable.Range(0, 8).Select(_ => Process(folder)).ToList();

        await Task.WhenAll(processes.Select(process => Task.Run(() => process.StartAsync())));

        Assert.Single(Directory.GetFiles(folder.File("keys"), "*.xml"));
        var export = Guid.NewGuid();
        var token = Uri.UnescapeDataString(Links(processes[0]).To(export).Url.Split("?token=")[1]);
        Assert.All(processes, process => Assert.True(Links(process).Opens(token, export)));
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
    }

    private static WebApplication Process(TemporaryFolder folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Files:Folder", folder.Path), new("urls", "http://127.0.0.1:0")]);
        builder.Services.AddAuthentication(); // adds data protection, which reads its keys at the start too
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddFiles();
        builder.AddExports();
        return builder.Build();
    }

    private static DownloadLinks Links(WebApplication process) => process.Services.GetRequiredService<DownloadLinks>();
}
