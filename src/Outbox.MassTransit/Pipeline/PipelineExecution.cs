using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Middleware;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>An execution in MassTransit's pipeline: one consumer of one delivery.</summary>
internal sealed class PipelineExecution<T>(
    ConsumeContext<T> context,
    ConsumerIdentity consumer,
    OutboxConsumeOptions options,
    IPipe<OutboxConsumeContext<T>> next,
    UnitOfWork unit,
    TaskContext task,
    QueueDirectory queues,
    TaskContents contents,
    IServiceProvider provider) : MessageExecution(context.Received().Progress, consumer)
    where T : class
{
    private bool _isReported;

    public override string MessageType => typeof(T).Name;

    public override bool MayWait => true;

    public override UnitOfWork Unit => unit;

    public override TaskContext TaskContext => task;

    /// <summary>
    /// Runs the consumer and unwraps its exceptions, because retry policies name the original type: a saga wraps the exceptions of
    /// its activities, and MassTransit wraps cancellations.
    /// </summary>
    public override async ValueTask InvokeAsync()
    {
        try
        {
            var consuming = new InboxConsumeContext<T>(context, options, provider, unit, queues, contents, Attempt!);
            await next.Send(consuming);
            await consuming.StagedAsync();
        }
        catch (EventExecutionException exception)
        {
            _isReported = true;
            Exception cause = exception;
            while (cause is EventExecutionException { InnerException: { } inner })
            {
                cause = inner;
            }

            ExceptionDispatchInfo.Throw(cause);
        }
        catch (global::MassTransit.ConsumerCanceledException exception)
        {
            _isReported = true;
            throw new ConsumerCanceledException(exception.InnerException ?? exception);
        }
        catch
        {
            _isReported = true;
            throw;
        }
    }

    public override Task<StagedMessage> EncodeAsync(NextMessage message) => MessageAgain.EncodeAsync(context, message, queues);

    public override async ValueTask EndAsync()
    {
        if (Failure is { } failure)
        {
            // MassTransit has reported failures inside its pipe already; the commit runs outside of it.
            if (!_isReported && failure is not OperationCanceledException)
            {
                await context.NotifyFaulted(context.ReceiveContext.ElapsedTime, options.ConsumerType, failure);
            }

            ExceptionDispatchInfo.Throw(failure);
        }

        await context.NotifyConsumed(State == ExecutionState.Done ? TimeSpan.Zero : context.ReceiveContext.ElapsedTime, options.ConsumerType);
    }

    /// <summary>Converts exceptions of constructors and sagas, which do not pass <see cref="PrintableFailureFilter{TConsumer, TMessage}"/>.</summary>
    public override Exception ToPrintable(Exception exception) => PrintableException.Of(exception);
}
