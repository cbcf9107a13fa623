using Messaging.Api.Register;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Profiles;

/// <summary>Which users are meant.</summary>
internal sealed record ListUsersQuery : PageById
{
    /// <summary>The address, exactly, as it was registered.</summary>
    [Text(EmailAddress.MaxLength), MailAddress]
    public string? Email { get; init; }
}
