using MassTransit;
using MassTransit.Events;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// Stands for an exception that cannot be told: logged, serialized into a <c>Fault</c>, followed to its cause. It has its type's name, its
/// message and where it was thrown, so that the failure is not replaced by one of telling it, and the policy still knows its type.
/// </summary>
internal sealed class ToldException : ExceptionInfoException
{
    private const int MaxStackTrace = 2_048;

    private ToldException(Exception original)
        : base(new FaultExceptionInfo
        {
            ExceptionType = TypeCache.GetShortName(original.GetType()),
            Message = StoredText.Line(FailureText.MessageOf(original), MaxStackTrace)!,
            StackTrace = StackTraceOf(original),
        }) => Original = original;

    public Exception Original { get; }

    /// <summary>The exception itself where it can be told; whatever its <see cref="Exception.Data"/> holds that cannot is a text then.</summary>
    public static Exception Of(Exception exception) =>
        exception is ToldException || ExceptionCheck.CanBeTold(exception) ? exception : new ToldException(exception);

    /// <summary>What was thrown.</summary>
    public static Exception OriginalOf(Exception exception) => exception is ToldException told ? told.Original : exception;

    /// <summary>The full name of the type of what was thrown.</summary>
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
