using System.IO.Compression;
using System.Xml.Linq;

namespace Messaging.Packages.Tests;

/// <summary>A package as it lies in the feed.</summary>
internal sealed class Package(string file)
{
    public IReadOnlyList<string> Files
    {
        get
        {
            using var zip = ZipFile.OpenRead(file);
            return [.. zip.Entries.Select(entry => entry.FullName)];
        }
    }

    public byte[] Read(string name)
    {
        using var zip = ZipFile.OpenRead(file);
        using var entry = zip.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        return content.ToArray();
    }

    public XElement Metadata()
    {
        using var nuspec = new MemoryStream(Read(Files.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal))));
        return XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    public string? Value(string name) => Metadata().Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    public IReadOnlyDictionary<string, string> Dependencies() =>
        Metadata().Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
}
