using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Register;

/// <summary>Who wants to register.</summary>
internal sealed class RegisterRequest
{
    /// <summary>The address to register and to write to.</summary>
    [Required, MailAddress, StringLength(EmailAddress.MaxLength, ErrorMessage = "must not be longer than {1} characters.")]
    public string? Email { get; init; }

    /// <summary>How they want to be called; a single line.</summary>
    [DisplayNameRules, StringLength(Register.DisplayName.MaxLength, ErrorMessage = "must not be longer than {1} characters.")]
    public string? DisplayName { get; init; }

    public static ValueTask<RegisterRequest?> BindAsync(HttpContext http) => AnyForm.BindAsync<RegisterRequest>(http);
}

/// <summary>An address that people have (<see cref="EmailAddress"/>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailAddressAttribute() : ValidationAttribute("is not a valid e-mail address.")
{
    public override bool IsValid(object? value) => value is not string text || EmailAddress.Normalize(text.Trim()) is not null;
}

/// <summary>A name that reads as it is written (<see cref="DisplayName"/>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DisplayNameRulesAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        DisplayName.Problem(value as string) is { } problem ? new(problem) : ValidationResult.Success;
}
