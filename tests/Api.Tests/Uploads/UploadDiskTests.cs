using System.Net;
using Messaging.Api.Uploads;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static Messaging.Api.Tests.Uploads.UploadsUnderTest;

namespace Messaging.Api.Tests.Uploads;

/// <summary>A disk that is full, or becomes full.</summary>
public sealed class UploadDiskTests
{
    [Fact]
    public async Task A_disk_that_would_be_too_full_is_a_507()
    {
        await using var api = new StandaloneApi(("Uploads:MinFreeBytes", $"{long.MaxValue}"));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/uploads", Form(Text, "a"));

        Assert.Equal(HttpStatusCode.InsufficientStorage, response.StatusCode);
        await api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_disk_that_fills_meanwhile_is_a_507()
    {
        await using var api = new StandaloneApi(("Uploads:MinFreeBytes", "0"));
        using var client = api.CreateClient(new() { AllowAutoRedirect = false });
        var options = api.Services.GetRequiredService<IOptions<UploadOptions>>().Value;
        using var content = new StreamContent(new Trickle([.. Enumerable.Repeat((byte)'a', 8_000_000)], atHalf: async () =>
        {
            await Eventually.True(() => api.UploadFiles().Any(f => new FileInfo(f).Length > 0), "a part of it is on the disk");
            options.MinFreeBytes = long.MaxValue;
        }));

        using var response = await client.PostAsync("/uploads?name=a", content);

        Assert.Equal(HttpStatusCode.InsufficientStorage, response.StatusCode);
        await api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public void A_full_disk_is_told_apart_from_a_failing_one()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no disk that is always full.");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);

        Assert.True(FileFolder.IsDiskFull(Assert.Throws<IOException>(() => full.Write(Text))));
        Assert.False(FileFolder.IsDiskFull(Assert.Throws<FileNotFoundException>(() => File.OpenRead("/tmp/there is no such file"))));
    }
}
