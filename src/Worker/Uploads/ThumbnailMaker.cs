using Microsoft.Extensions.Options;
using SkiaSharp;

namespace Messaging.Worker.Uploads;

/// <summary>
/// Makes thumbnails as WebP. An image is decoded at the smallest size that its format allows, one image at a time, so that the
/// memory of the process stays bounded.
/// </summary>
internal sealed class ThumbnailMaker(IOptions<UploadTaskOptions> options) : IDisposable
{
    /// <summary>The longer side in pixels; smaller images are not enlarged.</summary>
    public const int MaxSide = 256;

    private const int Quality = 80;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <exception cref="UploadRefusedException">The image is broken, or has too many pixels.</exception>
    public async Task<byte[]> MakeAsync(Stream image, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var codec = SKCodec.Create(image, out var result) ?? throw Broken(result);
            using var decoded = Decode(codec);
            using var thumbnail = Draw(decoded, codec.EncodedOrigin);
            using var encoded = thumbnail.Encode(SKEncodedImageFormat.Webp, Quality);
            return encoded.ToArray();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private SKBitmap Decode(SKCodec codec)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > options.Value.MaxPixels)
        {
            throw new UploadRefusedException($"The image has {width} x {height} pixels; {options.Value.MaxPixels} pixels are allowed.");
        }

        // Decodes at twice the needed size where the format supports it; a better filter scales it down from there.
        var scale = Math.Min(1f, 2f * MaxSide / Math.Max(width, height));
        var size = codec.GetScaledDimensions(scale);
        var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        bitmap.SetImmutable(); // an image made from it then shares its pixels instead of copying them
        if (result == SKCodecResult.Success)
        {
            return bitmap;
        }

        bitmap.Dispose();
        throw Broken(result);
    }

    private static SKImage Draw(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        var scale = Math.Min(1f, (float)MaxSide / Math.Max(bitmap.Width, bitmap.Height));
        var (width, height) = (Math.Max(1, (int)(bitmap.Width * scale)), Math.Max(1, (int)(bitmap.Height * scale)));
        var isTurned = origin >= SKEncodedOrigin.LeftTop;
        var (turnedWidth, turnedHeight) = isTurned ? (height, width) : (width, height);
        using var surface = SKSurface.Create(new SKImageInfo(turnedWidth, turnedHeight, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var image = SKImage.FromBitmap(bitmap);
        surface.Canvas.SetMatrix(Upright(origin, turnedWidth, turnedHeight));
        surface.Canvas.DrawImage(
            image, new SKRect(0, 0, width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return surface.Snapshot();
    }

    /// <summary>Cameras store the image as the sensor reads it, with its rotation and mirroring in the header (EXIF).</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, width, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, width, -1, 0, height, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, height, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private static UploadRefusedException Broken(SKCodecResult result) => new($"The image is broken: it cannot be decoded ({result}).");
}
