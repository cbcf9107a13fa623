using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Messaging.Outbox.AspNetCore;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Passwords;

/// <summary>A new password, set by a link. Only in the body: a query string would appear in access logs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ResetPasswordRequest : IValidatableObject
{
    /// <summary>The part of the link after <c>#token=</c>.</summary>
    [Required, Text(200)]
    public string? Token { get; init; }

    /// <summary>
    /// Any characters except control characters, counted in Unicode code points: at least <c>Passwords:MinLength</c> (12), at
    /// most 128. It is used exactly as sent: it is not trimmed or normalized.
    /// </summary>
    [Required(AllowEmptyStrings = true), Text(PasswordOptions.MaxLength * 2)]
    public string? Password { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var min = validationContext.GetRequiredService<IOptions<PasswordOptions>>().Value.MinLength;
        return Password!.EnumerateRunes().Count() is var length && (length < min || length > PasswordOptions.MaxLength)
            ? [new($"must be {min} to {PasswordOptions.MaxLength} characters.", ["password"])]
            : [];
    }
}
