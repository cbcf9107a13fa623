using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Messaging.Outbox.AspNetCore;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Passwords;

/// <summary>A new password, by a link. From the body alone: a query string would end in access logs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ResetPasswordRequest : IValidatableObject
{
    /// <summary>What the link has after <c>#token=</c>.</summary>
    [Required, Text(200)]
    public string? Token { get; init; }

    /// <summary>
    /// Every character but control characters, counted in Unicode code points: at least <c>Passwords:MinLength</c> (12), at most 128. Taken exactly as it
    /// is sent: nothing is trimmed or normalised.
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
