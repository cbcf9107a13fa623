namespace Messaging.Outbox.Redelivery;

/// <summary>An exception that stands for another one, which cannot be told.</summary>
internal interface IStandIn
{
    Exception Original { get; }
}

/// <summary>Reads what was thrown, also where another exception stands for it.</summary>
internal static class Thrown
{
    public static Exception OriginalOf(Exception exception) => exception is IStandIn standIn ? standIn.Original : exception;

    /// <summary>The full name of its type.</summary>
    public static string TypeOf(Exception exception)
    {
        var type = OriginalOf(exception).GetType();
        return type.FullName ?? type.Name;
    }

    /// <summary>Where it was thrown, whatever the exception makes of that: the runtime knows it as well.</summary>
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
