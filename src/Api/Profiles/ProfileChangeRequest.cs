using System.Text.Json.Serialization;
using Messaging.Api.Register;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Profiles;

/// <summary>The members of a user to change; null clears one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ProfileChangeRequest
{
    private bool _namesDisplayName;

    /// <summary>The display name; a single line.</summary>
    [Text(Register.DisplayName.MaxLength), DisplayNameRules]
    public string? DisplayName
    {
        get;
        set => (field, _namesDisplayName) = (value?.Trim(), true);
    }

    public UserProfile ApplyTo(UserProfile profile) => _namesDisplayName ? profile with { DisplayName = DisplayName } : profile;
}
