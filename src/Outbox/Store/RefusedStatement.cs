using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>Recognises statements that the database refuses permanently.</summary>
public static class RefusedStatement
{
    /// <summary>The database's error code and a short message without values; null for other exceptions.</summary>
    public static string? Describe(Exception exception) => SqlErrors.IsPermanent(exception) ? FailureText.Of(exception) : null;
}
