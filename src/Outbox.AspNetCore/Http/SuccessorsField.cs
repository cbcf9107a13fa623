namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>The query parameter <c>successors</c>: what becomes of the tasks that come after one that ends for good.</summary>
internal static class SuccessorsField
{
    public const string Name = "successors";

    public static (string Name, string Description, string? Example) Parameter =>
        (Name, "What becomes of the tasks after it: 'cancel', the default, or 'keep', which leaves them Blocked.", "cancel");

    public static SuccessorPolicy Read(QueryFields fields) => fields.Name<SuccessorPolicy>(Name) ?? SuccessorPolicy.Cancel;
}
