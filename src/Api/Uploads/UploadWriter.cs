using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Messaging.Contracts;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Uploads;

/// <summary>Writes an upload to the disk as it comes. What is refused on the way leaves no file.</summary>
internal sealed class UploadWriter([FromKeyedServices(UploadFiles.Area)] FileFolder files, IOptions<UploadOptions> options)
{
    private const int BufferSize = 64 * 1_024, CheckEvery = 1_024 * 1_024;

    /// <summary>Looks at the length that a body is said to have; 0 when it is not said.</summary>
    /// <exception cref="BadHttpRequestException">413: it is too large. 507: with it, the disk would be too full.</exception>
    public void CheckLength(long body)
    {
        if (body > options.Value.MaxBodyBytes)
        {
            throw TooLarge(options.Value.MaxBytes);
        }

        CheckRoom(body);
    }

    /// <exception cref="BadHttpRequestException">400: it breaks off. 413: too large. 415: of no type that is taken. 507: the disk is full.</exception>
    public async Task<UploadedContent> WriteAsync(Guid upload, UploadBody body, CancellationToken cancellationToken)
    {
        try
        {
            return await files.WriteAsync(UploadFiles.Content(upload), file => CopyAsync(body, file, cancellationToken));
        }
        catch (IOException exception) when (FileFolder.IsDiskFull(exception))
        {
            throw DiskIsFull();
        }
    }

    private async Task<UploadedContent> CopyAsync(UploadBody body, FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sniffer = new ContentSniffer();
        var (size, nextCheck) = (0L, (long)CheckEvery);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                if (size > options.Value.MaxBytes)
                {
                    throw TooLarge(options.Value.MaxBytes);
                }

                sniffer.Append(buffer.AsSpan(0, read));
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                if (size >= nextCheck)
                {
                    CheckRoom(0); // others write too, and a length may not have been said
                    nextCheck += CheckEvery;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await body.EndAsync(cancellationToken);
        return new UploadedContent(sniffer.End(), size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private void CheckRoom(long bytes)
    {
        if (files.AvailableBytes - bytes < options.Value.MinFreeBytes)
        {
            throw DiskIsFull();
        }
    }

    private static BadHttpRequestException TooLarge(long limit) => new(
        string.Create(CultureInfo.InvariantCulture, $"The file must not be larger than {limit} bytes."),
        StatusCodes.Status413PayloadTooLarge);

    private static BadHttpRequestException DiskIsFull() =>
        new("There is no room for this file at the moment.", StatusCodes.Status507InsufficientStorage);
}

/// <summary>What was written.</summary>
/// <param name="Type">Its media type, by its content.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Hash">The SHA-256 of what came, by which a repeated request is known; the checksum of what lies on the disk is the worker's.</param>
internal sealed record UploadedContent(string Type, long Size, string Hash);
