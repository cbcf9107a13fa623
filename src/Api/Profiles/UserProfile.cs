using System.ComponentModel;
using System.Data.Common;

namespace Messaging.Api.Profiles;

/// <summary>
/// What is shown of a user. Not the address: whoever may read can look for one they know (<c>GET /users?email=</c>), and who knows
/// none is not to be given a list.
/// </summary>
/// <param name="Id">The user's id.</param>
/// <param name="DisplayName">How they want to be called, if they said.</param>
/// <param name="RegisteredAt">When they registered.</param>
/// <param name="WelcomedAt">When their welcome mail was accepted by the mail server; null before.</param>
[ImmutableObject(true)] // so that the cache hands the same object out, and not a copy for each request
internal sealed record UserProfile(Guid Id, string? DisplayName, DateTimeOffset RegisteredAt, DateTimeOffset? WelcomedAt)
{
    public const string Columns = "id, display_name, registered_at, welcomed_at";

    public static UserProfile Read(DbDataReader reader) => new(
        reader.GetGuid(0),
        reader.IsDBNull(1) ? null : reader.GetString(1),
        reader.GetFieldValue<DateTimeOffset>(2),
        reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3));
}
