using MassTransit;
using MassTransit.Events;
using Messaging.Outbox.Redelivery;

namespace Messaging.Outbox.Pipeline;

/// <summary>
/// Stands for an exception that cannot be told: logged, serialized into a <c>Fault</c>, followed to its cause. It has its type's name, its
/// message and where it was thrown, so that the failure is not replaced by one of telling it, and the policy still knows its type.
/// </summary>
internal sealed class ToldException : ExceptionInfoException, IStandIn
{
    private const int MaxStackTrace = 2_048;

    private ToldException(Exception original)
        : base(new FaultExceptionInfo
        {
            ExceptionType = TypeCache.GetShortName(original.GetType()),
            Message = StoredText.Line(FailureText.MessageOf(original), MaxStackTrace)!,
            StackTrace = Thrown.StackTraceOf(original),
        }) => Original = original;

    public Exception Original { get; }

    /// <summary>The exception itself where it can be told; whatever its <see cref="Exception.Data"/> holds that cannot is a text then.</summary>
    public static Exception Of(Exception exception) =>
        exception is ToldException || ExceptionCheck.CanBeTold(exception) ? exception : new ToldException(exception);
}
