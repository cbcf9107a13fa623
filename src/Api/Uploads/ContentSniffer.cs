using System.Buffers;
using System.Text;

namespace Messaging.Api.Uploads;

/// <summary>
/// Detects the type of a file by its content: by signatures at the start of the file, or as plain text, which is valid UTF-8 and
/// has no control characters other than white space. Other content is refused, whatever its header declares.
/// </summary>
internal sealed class ContentSniffer
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const int HeadLength = 12;

    private static readonly SearchValues<char> Binary = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r' or '\f'))]);

    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF];

    private readonly byte[] _head = new byte[HeadLength];
    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
    private int _headLength;
    private bool _isText = true;

    /// <exception cref="BadHttpRequestException">415: the type is not supported.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var more = Math.Min(bytes.Length, HeadLength - _headLength);
        bytes[..more].CopyTo(_head.AsSpan(_headLength));
        _headLength += more;
        _isText = _isText && IsText(bytes, isEnd: false);
        if (!_isText && _headLength == HeadLength && Signature() is null)
        {
            throw Unsupported();
        }
    }

    /// <returns>The media type.</returns>
    /// <exception cref="BadHttpRequestException">415: the type is not supported.</exception>
    public string End() => Signature() ?? (_isText && IsText([], isEnd: true) ? PlainText : throw Unsupported());

    private string? Signature()
    {
        ReadOnlySpan<byte> head = _head.AsSpan(0, _headLength);
        return head.StartsWith(Png) ? "image/png"
            : head.StartsWith(Jpeg) ? "image/jpeg"
            : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? "image/gif"
            : head.StartsWith("RIFF"u8) && head.Length == HeadLength && head[8..].SequenceEqual("WEBP"u8) ? "image/webp"
            : head.StartsWith("%PDF-"u8) ? "application/pdf"
            : null;
    }

    private bool IsText(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var chars = ArrayPool<char>.Shared.Rent(bytes.Length + 1); // plus a character that started in the previous bytes
        try
        {
            var count = _decoder.GetChars(bytes, chars, flush: isEnd);
            return !chars.AsSpan(0, count).ContainsAny(Binary);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static BadHttpRequestException Unsupported() => new(
        "The file must be PNG, JPEG, GIF, WebP, PDF or plain text in UTF-8; the type is detected by its content.",
        StatusCodes.Status415UnsupportedMediaType);
}
