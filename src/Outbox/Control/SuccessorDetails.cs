using System.Globalization;

namespace Messaging.Outbox.Control;

/// <summary>The details of an audit entry about a task with which others were changed.</summary>
internal static class SuccessorDetails
{
    /// <returns>Null if there were none.</returns>
    public static string? Of(int count) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $$"""{"successors":{{count}}}""");
}
