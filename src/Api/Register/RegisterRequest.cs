using Messaging.Api.Http;

namespace Messaging.Api.Register;

/// <summary>Who wants to register.</summary>
/// <param name="Email">The address to register and to write to.</param>
/// <param name="DisplayName">How they want to be called; at most 100 characters.</param>
internal sealed record RegisterRequest(string Email, string? DisplayName)
{
    public const int MaxDisplayName = 100;

    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static RegisterRequest? From(RequestFields fields)
    {
        var email = EmailAddress.From(fields);
        var displayName = fields.Text("displayName", MaxDisplayName, required: false);
        if (displayName is not null && displayName.Any(char.IsControl))
        {
            fields.Error("displayName", "must be a single line.");
        }

        return fields.Errors.Count == 0 ? new RegisterRequest(email!, displayName) : null;
    }
}
