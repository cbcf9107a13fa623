using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Register;

/// <summary>A registration.</summary>
internal sealed class RegisterRequest
{
    /// <summary>The email address of the new account.</summary>
    [Required, MailAddress, StringLength(EmailAddress.MaxLength, ErrorMessage = "must not be longer than {1} characters.")]
    public string? Email { get; init; }

    /// <summary>The display name; a single line.</summary>
    [DisplayNameRules, StringLength(Register.DisplayName.MaxLength, ErrorMessage = "must not be longer than {1} characters.")]
    public string? DisplayName { get; init; }

    public static ValueTask<RegisterRequest?> BindAsync(HttpContext http) => AnyForm.BindAsync<RegisterRequest>(http);
}

/// <summary>An email address that people use (<see cref="EmailAddress"/>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailAddressAttribute() : ValidationAttribute("is not a valid e-mail address.")
{
    public override bool IsValid(object? value) => value is not string text || EmailAddress.Normalize(text.Trim()) is not null;
}

/// <summary>A name that displays as it is written (<see cref="DisplayName"/>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DisplayNameRulesAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        DisplayName.Problem(value as string) is { } problem ? new(problem) : ValidationResult.Success;
}
