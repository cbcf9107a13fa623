using MassTransit;
using MassTransit.Events;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>
/// Replaces an exception that cannot be logged or serialized into a <c>Fault</c>, for example because a property of it throws. It
/// keeps the type name, the message and the stack trace, so that the failure is still reported, and the original exception, whose
/// type the retry policy checks.
/// </summary>
internal sealed class PrintableException : ExceptionInfoException, IStandIn
{
    private const int MaxStackTrace = 2_048;

    private PrintableException(Exception original)
        : base(new FaultExceptionInfo
        {
            ExceptionType = TypeCache.GetShortName(original.GetType()),
            Message = StoredText.Line(FailureText.MessageOf(original), MaxStackTrace)!,
            StackTrace = Thrown.StackTraceOf(original),
        }) => Original = original;

    public Exception Original { get; }

    /// <summary>
    /// Returns the exception itself if it can be logged and serialized, otherwise a replacement. Entries of
    /// <see cref="Exception.Data"/> that cannot be serialized are replaced by their text.
    /// </summary>
    public static Exception Of(Exception exception) =>
        exception is PrintableException || ExceptionCheck.TryMakePrintable(exception) ? exception : new PrintableException(exception);
}
