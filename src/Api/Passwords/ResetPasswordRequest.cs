using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Api.Passwords;

/// <summary>A new password, by a link.</summary>
/// <param name="Token">What the link has after <c>#token=</c>.</param>
/// <param name="Password">
/// Every character but control characters, counted in Unicode code points: at least <c>Passwords:MinLength</c> (12), at most 128.
/// Taken exactly as it is sent: nothing is trimmed or normalised.
/// </param>
internal sealed record ResetPasswordRequest(string Token, string Password)
{
    private const int MaxToken = 200;
    private static readonly string[] Names = ["token", "password"];

    /// <summary>From the body alone: a query string would end in access logs.</summary>
    /// <returns>The request, or null and what is wrong with it.</returns>
    /// <exception cref="BadHttpRequestException">400, 413 or 415: the body as a whole cannot be read.</exception>
    public static async Task<(ResetPasswordRequest? Request, Dictionary<string, string[]> Errors)> ReadAsync(
        HttpRequest http, PasswordOptions options)
    {
        var fields = await JsonFields.ReadAsync(http, Names);
        var token = fields.Text("token", MaxToken, required: true);
        var password = fields.Text("password", PasswordOptions.MaxLength * 2, required: true);
        var length = password?.EnumerateRunes().Count();
        if (length is not null && (length < options.MinLength || length > PasswordOptions.MaxLength))
        {
            fields.Error("password", $"must be {options.MinLength} to {PasswordOptions.MaxLength} characters.");
        }

        return (fields.Errors.Count == 0 ? new ResetPasswordRequest(token!, password!) : null, fields.Errors);
    }
}
