using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Messaging.Contracts;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Uploads;

/// <summary>Writes an upload to the disk while it is received. A refused upload leaves no file.</summary>
internal sealed class UploadWriter([FromKeyedServices(UploadFiles.Area)] FileFolder files, IOptions<UploadOptions> options)
{
    private const int BufferSize = 64 * 1_024, CheckEvery = 1_024 * 1_024;

    /// <summary>Checks the declared length of a body; 0 if it is not declared.</summary>
    /// <exception cref="BadHttpRequestException">413: the body is too large. 507: the disk would be too full.</exception>
    public void CheckLength(long body)
    {
        if (body > options.Value.MaxBodyBytes)
        {
            throw TooLarge(options.Value.MaxBytes);
        }

        CheckFreeSpace(body);
    }

    /// <exception cref="BadHttpRequestException">400: the body ends early. 413: it is too large. 415: its type is not supported. 507: the disk is full.</exception>
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
                    CheckFreeSpace(0); // other uploads write too, and the length may not have been declared
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

    private void CheckFreeSpace(long bytes)
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
        new("There is not enough storage for this file at the moment.", StatusCodes.Status507InsufficientStorage);
}

/// <summary>The result of writing an upload.</summary>
/// <param name="Type">The media type, detected by the content.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Hash">The SHA-256 of the received bytes, which identifies a repeated request; the worker computes the checksum of the stored file.</param>
internal sealed record UploadedContent(string Type, long Size, string Hash);
