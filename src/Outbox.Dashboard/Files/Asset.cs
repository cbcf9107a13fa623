using System.IO.Compression;
using System.Security.Cryptography;

namespace Messaging.Outbox.Dashboard.Files;

/// <summary>A file of the dashboard, as it is and compressed. It is compressed once, when somebody first asks for it.</summary>
internal sealed class Asset
{
    private readonly Lazy<byte[]> _brotli, _gzip;

    public Asset(string name, byte[] content)
    {
        Content = content;
        MediaType = MediaTypes.Of(name);
        Hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12));
        _brotli = new(() => Compress(stream => new BrotliStream(stream, CompressionLevel.SmallestSize, leaveOpen: true)));
        _gzip = new(() => Compress(stream => new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true)));
    }

    public string MediaType { get; }

    /// <summary>Of the content: another content has another one.</summary>
    public string Hash { get; }

    public byte[] Content { get; }

    /// <summary>The content in an encoding: <c>br</c>, <c>gzip</c>, or null for none.</summary>
    public byte[] In(string? encoding) => encoding switch
    {
        "br" => _brotli.Value,
        "gzip" => _gzip.Value,
        _ => Content,
    };

    private byte[] Compress(Func<Stream, Stream> open)
    {
        using var to = new MemoryStream();
        using (var compressor = open(to))
        {
            compressor.Write(Content);
        }

        return to.ToArray();
    }
}
