namespace Messaging.Outbox;

/// <summary>What <see cref="AuditEntry.Who"/> says where nobody did it but the service itself; no access key may have such a name.</summary>
public static class AuditNames
{
    /// <summary>A schedule that the code brings along.</summary>
    public const string Declared = "declared";

    /// <summary>A due time that a wrong clock had set.</summary>
    public const string Clock = "clock";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> OfTheService { get; } = [Declared, Clock];
}
