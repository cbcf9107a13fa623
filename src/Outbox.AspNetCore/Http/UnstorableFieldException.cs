namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>A 400 that names the field, for what is found before the fields are read.</summary>
internal sealed class UnstorableFieldException(string path, string message) : BadHttpRequestException(message, StatusCodes.Status400BadRequest)
{
    /// <summary>As an error answer names it, such as <c>message.properties</c>.</summary>
    public string Field => path;
}
