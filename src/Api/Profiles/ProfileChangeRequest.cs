using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Api.Profiles;

/// <summary>What a <c>PATCH</c> of a user may name; null clears it.</summary>
/// <param name="DisplayName">How they want to be called; a single line of at most 100 characters.</param>
internal sealed record ProfileChangeRequest(string? DisplayName)
{
    /// <summary>Whether the name is mentioned at all; otherwise it stays.</summary>
    private bool NamesDisplayName { get; init; }

    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static async Task<(ProfileChangeRequest? Request, Dictionary<string, string[]> Errors)> ReadAsync(HttpRequest http)
    {
        var fields = await JsonFields.ReadAsync(http, "displayName");
        var name = fields.Text("displayName", Register.DisplayName.MaxLength)?.Trim();
        if (name is "")
        {
            fields.Error("displayName", "must not be blank; null clears it.");
        }
        else if (Register.DisplayName.Problem(name) is { } problem)
        {
            fields.Error("displayName", problem);
        }

        return (fields.Errors.Count == 0 ? new ProfileChangeRequest(name) { NamesDisplayName = fields.Has("displayName") } : null, fields.Errors);
    }

    public UserProfile ApplyTo(UserProfile profile) => NamesDisplayName ? profile with { DisplayName = DisplayName } : profile;
}
