using Messaging.Outbox.Audit;
namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>The roles of access keys.</summary>
internal static class AccessRoles
{
    public const string Read = "read", Operate = "operate";

    public const string ReadPolicy = "Outbox.Read", OperatePolicy = "Outbox.Operate";

    public static readonly IReadOnlyList<string> All = [Read, Operate];

    /// <summary>
    /// Names that keys cannot have: the audit log uses them for callers without a configured key and for the service itself.
    /// </summary>
    public static readonly IReadOnlyList<string> Reserved = [OperatorKeyFile.Name, AccessExtensions.Anonymous, .. AuditNames.Reserved];
}
