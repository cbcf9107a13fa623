using System.ComponentModel.DataAnnotations;
using Messaging.Api.Register;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Passwords;

/// <summary>The account whose password was forgotten.</summary>
internal sealed class ForgotPasswordRequest
{
    /// <summary>The registered address.</summary>
    [Required, MailAddress, StringLength(EmailAddress.MaxLength, ErrorMessage = "must not be longer than {1} characters.")]
    public string? Email { get; init; }

    public static ValueTask<ForgotPasswordRequest?> BindAsync(HttpContext http) => AnyForm.BindAsync<ForgotPasswordRequest>(http);
}
