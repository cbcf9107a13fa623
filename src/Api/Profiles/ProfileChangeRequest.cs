using System.Text.Json.Serialization;
using Messaging.Api.Register;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Profiles;

/// <summary>What a <c>PATCH</c> of a user may name; null clears it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ProfileChangeRequest
{
    private bool _namesDisplayName;

    /// <summary>How they want to be called; a single line.</summary>
    [Text(Register.DisplayName.MaxLength), DisplayNameRules]
    public string? DisplayName
    {
        get;
        set => (field, _namesDisplayName) = (value?.Trim(), true);
    }

    public UserProfile ApplyTo(UserProfile profile) => _namesDisplayName ? profile with { DisplayName = DisplayName } : profile;
}
