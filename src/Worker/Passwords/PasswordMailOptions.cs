using System.ComponentModel.DataAnnotations;

namespace Messaging.Worker.Passwords;

/// <summary>Links that set a password, and the mails that bring them; section <c>Passwords</c>, which the API shares.</summary>
internal sealed class PasswordMailOptions : IValidatableObject
{
    public const string Section = "Passwords";

    /// <summary>
    /// Where a browser reaches the API: absolute, http or https. From the settings and not from a request's <c>Host</c>, which is
    /// whatever its sender wants. Default: where the API listens, if it is in the same process, else <c>http://localhost:8080</c>.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>How long the link of a forgotten password is valid. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ResetLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the link of the welcome mail is valid. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan WelcomeLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isAddress = PublicUrl is null || (Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.Query.Length + url.Fragment.Length + url.UserInfo.Length == 0);
        if (!isAddress)
        {
            yield return new ValidationResult(
                $"Passwords:PublicUrl ('{PublicUrl}') is not an absolute http or https address without query.", [nameof(PublicUrl)]);
        }
    }
}
