namespace Messaging.Outbox.Store;

/// <summary>An exception that replaces another one which cannot be logged or serialized.</summary>
internal interface IStandIn
{
    Exception Original { get; }
}

/// <summary>Reads details of exceptions, also of replaced ones.</summary>
internal static class Thrown
{
    public static Exception OriginalOf(Exception exception) => exception is IStandIn standIn ? standIn.Original : exception;

    /// <summary>The full name of the exception's type.</summary>
    public static string TypeOf(Exception exception)
    {
        var type = OriginalOf(exception).GetType();
        return type.FullName ?? type.Name;
    }

    /// <summary>The stack trace, even if the exception's own property throws: the runtime has it as well.</summary>
    public static string StackTraceOf(Exception exception)
    {
        try
        {
            return exception.StackTrace ?? "";
        }
        catch (Exception)
        {
            return new System.Diagnostics.StackTrace(exception).ToString();
        }
    }
}
