using Messaging.Api.Register;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Profiles;

/// <summary>The filter of users.</summary>
internal sealed record ListUsersQuery : PageById
{
    /// <summary>The exact address, as it was registered.</summary>
    [Text(EmailAddress.MaxLength), MailAddress]
    public string? Email { get; init; }
}
