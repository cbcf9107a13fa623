using System.ComponentModel.DataAnnotations;

namespace Messaging.Worker.Passwords;

/// <summary>Settings of links that set a password; section <c>Passwords</c>, shared with the API.</summary>
internal sealed class PasswordMailOptions : IValidatableObject
{
    public const string Section = "Passwords";

    /// <summary>
    /// The address at which a browser reaches the API: absolute, http or https. It comes from the settings, because a request's
    /// <c>Host</c> header is chosen by its sender. Default: where the API listens if it runs in the same process, else
    /// <c>http://localhost:8080</c>.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>How long the link in a password reset mail is valid. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ResetLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the link in a welcome mail is valid. Default 7 days.</summary>
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
                $"Passwords:PublicUrl ('{PublicUrl}') must be an absolute http or https address without a query.", [nameof(PublicUrl)]);
        }
    }
}
