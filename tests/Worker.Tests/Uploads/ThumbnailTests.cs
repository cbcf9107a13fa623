using System.Globalization;
using Messaging.Worker.Uploads;
using Microsoft.Extensions.Options;
using SkiaSharp;

namespace Messaging.Worker.Tests.Uploads;

/// <summary>Thumbnails, from an image to an image; alone, as one measures memory.</summary>
[Collection(nameof(ThumbnailTests))]
[CollectionDefinition(nameof(ThumbnailTests), DisableParallelization = true)]
public sealed class ThumbnailTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 1_000, 500, 256, 128)]
    [InlineData(SKEncodedImageFormat.Jpeg, 500, 1_000, 128, 256)]
    [InlineData(SKEncodedImageFormat.Webp, 2_000, 2_000, 256, 256)]
    [InlineData(SKEncodedImageFormat.Png, 5_000, 3, 256, 1)]
    [InlineData(SKEncodedImageFormat.Png, 20, 10, 20, 10)]
    public async Task A_thumbnail_keeps_the_shape_and_has_256_pixels_at_most(
        SKEncodedImageFormat format, int width, int height, int thumbnailWidth, int thumbnailHeight)
    {
        using var thumbnail = await MakeAsync(Image(width, height, format));

        Assert.Equal((thumbnailWidth, thumbnailHeight), (thumbnail.Width, thumbnail.Height));
        AssertIs(SKColors.Red, thumbnail.GetPixel(0, thumbnail.Height / 2));
        AssertIs(SKColors.Blue, thumbnail.GetPixel(thumbnail.Width - 1, thumbnail.Height / 2));
    }

    [Fact]
    public async Task A_gif_has_a_thumbnail_too()
    {
        using var thumbnail = await MakeAsync(Convert.FromBase64String("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="));

        Assert.Equal((1, 1), (thumbnail.Width, thumbnail.Height));
        AssertIs(SKColors.Red, thumbnail.GetPixel(0, 0));
    }

    /// <summary>The image is red on its left; the number says how it is to be turned (EXIF).</summary>
    [Theory]
    [InlineData(1, 256, 128, "left")]
    [InlineData(2, 256, 128, "right")]
    [InlineData(3, 256, 128, "right")]
    [InlineData(4, 256, 128, "left")]
    [InlineData(5, 128, 256, "top")]
    [InlineData(6, 128, 256, "top")]
    [InlineData(7, 128, 256, "bottom")]
    [InlineData(8, 128, 256, "bottom")]
    public async Task A_photo_is_turned_as_its_camera_says(byte orientation, int width, int height, string red)
    {
        using var thumbnail = await MakeAsync(Photo(orientation));

        Assert.Equal((width, height), (thumbnail.Width, thumbnail.Height));
        var (x, y) = red switch { "left" => (5, height / 2), "right" => (width - 5, height / 2), "top" => (width / 2, 5), _ => (width / 2, height - 5) };
        AssertIs(SKColors.Red, thumbnail.GetPixel(x, y));
        AssertIs(SKColors.Blue, thumbnail.GetPixel(width - 1 - x, height - 1 - y));
    }

    [Fact]
    public async Task An_image_with_too_many_pixels_is_refused_before_decoding()
    {
        // A header that promises 60,000 x 60,000 pixels, and nothing behind it: decoding would say something else.
        var header = Image(60, 60, SKEncodedImageFormat.Png)[..33];
        (header[18], header[19], header[22], header[23]) = (0xEA, 0x60, 0xEA, 0x60);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(29), Crc(header.AsSpan(12, 17)));

        var refused = await Assert.ThrowsAsync<UploadRefusedException>(() => MakeAsync([.. header, .. Image(60, 60, SKEncodedImageFormat.Png)[33..]]));

        Assert.Equal("The image has 60000 x 60000 pixels; 40000000 pixels are allowed.", refused.Message);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public async Task An_image_that_breaks_off_anywhere_is_refused(SKEncodedImageFormat format)
    {
        var image = Image(600, 400, format);
        foreach (var length in new[] { 12, 30, image.Length / 2, image.Length * 9 / 10 })
        {
            await Assert.ThrowsAsync<UploadRefusedException>(() => MakeAsync(image[..length]));
        }
    }

    [Fact]
    public async Task The_pixels_of_a_large_image_are_in_memory_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This system does not say what a process has had of memory.");
        var image = Image(8_000, 5_000, SKEncodedImageFormat.Png);
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5"); // the highest so far is what it is now
        var before = Peak();

        using var thumbnail = await MakeAsync(image);

        Assert.InRange(Peak() - before, 160, 300); // MB: 160 for the pixels, 53 to make them smaller; a copy would be another 160

        static long Peak() => long.Parse(
            File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ')[^2],
            CultureInfo.InvariantCulture) * 1_024 / 1_000_000;
    }

    private static async Task<SKBitmap> MakeAsync(byte[] image)
    {
        using var maker = new ThumbnailMaker(Options.Create(new UploadTaskOptions()));
        var made = await maker.MakeAsync(new MemoryStream(image), CancellationToken.None);
        Assert.Equal("WEBP"u8.ToArray(), made[8..12]);
        return SKBitmap.Decode(made);
    }

    /// <summary>Red on the left, blue on the right.</summary>
    private static byte[] Image(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.Red);
        bitmap.Erase(SKColors.Blue, new SKRectI(width / 2, 0, width, height));
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private static byte[] Photo(byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, // big endian, with one entry in its first directory:
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        var image = Image(600, 300, SKEncodedImageFormat.Jpeg);
        return [.. image[..2], .. exif, .. image[2..]];
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }

    private static void AssertIs(SKColor expected, SKColor actual) =>
        Assert.True(
            Math.Abs(expected.Red - actual.Red) < 60 && Math.Abs(expected.Green - actual.Green) < 60 && Math.Abs(expected.Blue - actual.Blue) < 60,
            $"{actual} is not {expected}");
}
