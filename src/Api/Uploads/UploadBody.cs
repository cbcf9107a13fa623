using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Messaging.Api.Uploads;

/// <summary>
/// The file in a request as a stream, with its name: the only file of a form, or the body itself. The name comes from the query
/// string, the form's field <c>name</c> before the file, or the file itself. It is never used as a path.
/// </summary>
internal sealed class UploadBody
{
    public const int MaxName = 200;
    private const int MaxFieldBytes = 4_096, MaxBoundary = 70;

    private readonly byte[] _first = new byte[1_024];
    private int _firstLength, _firstUsed;
    private MultipartReader? _form;
    private Stream? _content;

    private UploadBody()
    {
    }

    public string? Name { get; private set; }

    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.Ordinal);

    /// <exception cref="BadHttpRequestException">400: the form is invalid.</exception>
    public static async Task<UploadBody> OpenAsync(HttpRequest request)
    {
        var body = new UploadBody { Name = request.Query["name"].LastOrDefault() };
        var isForm = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (isForm)
        {
            var boundary = HeaderUtilities.RemoveQuotes(type!.Boundary);
            if (StringSegment.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundary)
            {
                throw Bad("The form has no valid boundary.");
            }

            body._form = new MultipartReader(boundary.Value!, request.Body) { HeadersLengthLimit = MaxFieldBytes };
            await ReadingAsync(() => body.FindFileAsync(request.HttpContext.RequestAborted));
        }
        else
        {
            body._content = request.Body;
            body.Name ??= await ReadingAsync(() => Task.FromResult(FileNameOf(request.Headers.ContentDisposition)));
        }

        await body.CheckAsync(request.HttpContext.RequestAborted);
        return body;
    }

    /// <summary>Reads the next bytes of the file; 0 at its end.</summary>
    /// <exception cref="BadHttpRequestException">400: the body ends early.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_firstUsed == _firstLength)
        {
            return await ReadingAsync(() => _content!.ReadAsync(buffer, cancellationToken).AsTask());
        }

        var count = Math.Min(buffer.Length, _firstLength - _firstUsed);
        _first.AsMemory(_firstUsed, count).CopyTo(buffer);
        _firstUsed += count;
        return count;
    }

    /// <summary>Must be called after the file was read.</summary>
    /// <exception cref="BadHttpRequestException">400: another part follows the file.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_form is { } form && await ReadingAsync(() => form.ReadNextSectionAsync(cancellationToken)) is not null)
        {
            throw Bad("The file must be the last part of the form, and its only file.");
        }
    }

    private async Task<bool> FindFileAsync(CancellationToken cancellationToken)
    {
        while (await _form!.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                throw Bad("A part of the form has no valid Content-Disposition header.");
            }

            if (disposition.IsFileDisposition())
            {
                _content = section.Body;
                Name ??= FileNameOf(section.ContentDisposition);
                return true;
            }

            var field = HeaderUtilities.RemoveQuotes(disposition.Name);
            var text = await TextAsync(section.Body, cancellationToken);
            if (field.Equals("name", StringComparison.OrdinalIgnoreCase))
            {
                Name ??= text;
            }
            else
            {
                Errors["form"] = ["The form must contain only the field 'name', followed by the file."];
            }
        }

        return false;
    }

    /// <summary>Validates the name, and that the file is not empty, before the file is read.</summary>
    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        Name = Name?.Trim();
        if (string.IsNullOrEmpty(Name) || Name.Length > MaxName || Name.Any(char.IsControl))
        {
            Errors["name"] = [$"'name' must be 1 to {MaxName} characters without control characters; without it the file's own name is used."];
        }

        if (Errors.Count > 0)
        {
            return;
        }

        if (_content is { } content)
        {
            _firstLength = await ReadingAsync(
                () => content.ReadAtLeastAsync(_first, _first.Length, throwOnEndOfStream: false, cancellationToken).AsTask());
        }

        if (_firstLength == 0)
        {
            Errors["file"] = [_content is null ? "'file' is required." : "'file' must not be empty."];
        }
    }

    /// <summary>An error while reading is the client's (400), unlike an error while writing.</summary>
    private static async Task<T> ReadingAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw Bad("The body ends early or is not a valid form.", exception);
        }
        catch (NotSupportedException)
        {
            // .NET throws this for UTF-7 only; it keeps names in other unknown encodings as they are.
            throw Bad("A name is in an encoding that is not supported; use UTF-8.");
        }
    }

    private static async Task<string> TextAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxFieldBytes + 1];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxFieldBytes ? Encoding.UTF8.GetString(bytes, 0, length) : throw Bad("A field of the form is too long.");
    }

    private static string? FileNameOf(StringValues disposition) =>
        ContentDispositionHeaderValue.TryParse(disposition.ToString(), out var parsed)
            ? (parsed.FileNameStar.HasValue ? parsed.FileNameStar : HeaderUtilities.RemoveQuotes(parsed.FileName)).Value
            : null;

    private static BadHttpRequestException Bad(string message, Exception? exception = null) => new(message, StatusCodes.Status400BadRequest, exception!);
}
