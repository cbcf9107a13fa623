using System.Reflection.Metadata;
using System.Text;

namespace Messaging.Packages.Tests;

/// <summary>What a package of the library has in it.</summary>
public sealed class PackageTests(Feed feed)
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static TheoryData<string> Rooms =>
    [
        "Messaging.Outbox", "Messaging.Outbox.PostgreSql", "Messaging.Outbox.Sqlite", "Messaging.Outbox.MassTransit", "Messaging.Outbox.RabbitMq",
        "Messaging.Outbox.AspNetCore", "Messaging.Outbox.Dashboard",
    ];

    [Fact]
    public void EachRoomIsAPackage() =>
        Assert.Equal(Rooms.Select(room => feed.File(room.Data, "nupkg")).Order(), Directory.GetFiles(feed.Packages, "*.nupkg").Order());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void PackageHasReadmeLicenceDocumentationAndRepository(string room)
    {
        var package = new Package(feed.File(room, "nupkg"));

        Assert.Equal("MIT", package.Value("license"));
        Assert.NotEqual("Package Description", package.Value("description"));
        Assert.Contains(package.Value("readme")!, package.Files);
        Assert.Contains($"lib/net10.0/{room}.xml", package.Files);
        Assert.Equal($"{Feed.Remote}.git", package.Metadata().Elements().Single(element => element.Name.LocalName == "repository").Attribute("url")?.Value);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void SymbolsLinkToTheSources(string room)
    {
        var symbols = new Package(feed.File(room, "snupkg")).Read($"lib/net10.0/{room}.pdb");

        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
        var reader = provider.GetMetadataReader();
        var link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(information => reader.GetGuid(information.Kind) == SourceLink);
        Assert.Contains("https://raw.githubusercontent.com/example/messaging/", Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value)), StringComparison.Ordinal);
        Assert.All(reader.Documents, document => Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void DependencyHasAnUpperBoundAndARoomItsOwnVersion(string room)
    {
        foreach (var (id, range) in new Package(feed.File(room, "nupkg")).Dependencies())
        {
            if (id.StartsWith("Messaging.", StringComparison.Ordinal))
                Assert.Equal((id, $"[{Feed.Version}]"), (id, range));
            else if (!id.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)) // which are taken as late as .NET itself
                Assert.Matches(@"^\[[0-9.]+, [0-9.]+\)$", range);
        }
    }
}
