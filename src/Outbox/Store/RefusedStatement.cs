namespace Messaging.Outbox.Store;

/// <summary>Recognises statements that the database refuses permanently.</summary>
internal static class RefusedStatement
{
    /// <summary>The database's error code and a short message without values; null for other exceptions.</summary>
    public static string? Describe(Exception exception) => SqlErrors.IsPermanent(exception) ? FailureText.Of(exception) : null;
}
