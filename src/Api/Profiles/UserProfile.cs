using System.ComponentModel;
using System.Data.Common;

namespace Messaging.Api.Profiles;

/// <summary>
/// The profile of a user, without the mail address: a reader can search for an address that they know (<c>GET /users?email=</c>),
/// but cannot list addresses.
/// </summary>
/// <param name="Id">The user's id.</param>
/// <param name="DisplayName">The display name, if the user gave one.</param>
/// <param name="RegisteredAt">When the user registered.</param>
/// <param name="WelcomedAt">When the mail server accepted the welcome mail; null before that.</param>
[ImmutableObject(true)] // lets the cache return the same object instead of a copy for each request
internal sealed record UserProfile(Guid Id, string? DisplayName, DateTimeOffset RegisteredAt, DateTimeOffset? WelcomedAt)
{
    public const string Columns = "id, display_name, registered_at, welcomed_at";

    public static UserProfile Read(DbDataReader reader) => new(
        reader.GetGuid(0),
        reader.IsDBNull(1) ? null : reader.GetString(1),
        reader.GetFieldValue<DateTimeOffset>(2),
        reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3));
}
