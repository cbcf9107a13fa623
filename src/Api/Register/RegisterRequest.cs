using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Api.Register;

/// <summary>Who wants to register.</summary>
/// <param name="Email">The address to register and to write to.</param>
/// <param name="DisplayName">How they want to be called; a single line of at most 100 characters.</param>
internal sealed record RegisterRequest(string Email, string? DisplayName)
{
    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static RegisterRequest? From(RequestFields fields)
    {
        var email = EmailAddress.From(fields);
        var displayName = fields.Text("displayName", Register.DisplayName.MaxLength, required: false);
        if (Register.DisplayName.Problem(displayName) is { } problem)
        {
            fields.Error("displayName", problem);
        }

        return fields.Errors.Count == 0 ? new RegisterRequest(email!, displayName) : null;
    }
}
