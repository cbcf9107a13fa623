using MassTransit;
using MassTransit.Events;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>
/// Replaces an exception that cannot be logged, serialized into a <c>Fault</c>, or followed to its cause. It keeps the type's
/// name, the message and the stack trace, so that the failure is not hidden by an error of logging, and the policy still sees the
/// type.
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

    /// <summary>
    /// The exception itself if it can be logged and serialized, where entries of <see cref="Exception.Data"/> that cannot are
    /// replaced by their text; otherwise a replacement.
    /// </summary>
    public static Exception Of(Exception exception) =>
        exception is ToldException || ExceptionCheck.CanBeTold(exception) ? exception : new ToldException(exception);
}
