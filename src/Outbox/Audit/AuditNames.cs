namespace Messaging.Outbox.Audit;

/// <summary>Values of <see cref="AuditEntry.Who"/> for actions of the service itself. Access keys cannot have these names.</summary>
internal static class AuditNames
{
    /// <summary>Creates schedules that the code declares.</summary>
    public const string Declared = "declared";

    /// <summary>Corrects due times that a wrong clock had set.</summary>
    public const string Clock = "clock";

    /// <summary>All reserved names.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [Declared, Clock];
}
