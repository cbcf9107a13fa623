using Messaging.Outbox.Execution;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.FastLane;

/// <summary>One consumer of one delivery in the fast lane. If the delivery gets several answers, the first one counts.</summary>
internal abstract class FastLaneExecution(OfferedDelivery offered, ConsumerIdentity consumer, IServiceScopeFactory scopes)
    : MessageExecution(offered.Progress, consumer)
{
    private AsyncServiceScope? _scope;
    private UnitOfWork? _unit;
    private Task _running = Task.CompletedTask;
    private bool _isAnswered;

    /// <summary>When the message was sent.</summary>
    public abstract DateTime? SentTime { get; }

    /// <summary>The permit of the queue's gate.</summary>
    public QueuePermit Permit { get; set; } = null!;

    /// <summary>Called if the consumer does more than stage rows.</summary>
    public Action? OnExceeded { get; set; }

    public sealed override bool MayWait => false;

    public sealed override UnitOfWork Unit => _unit ??= Services.GetRequiredService<UnitOfWork>();

    public sealed override TaskContext TaskContext => Services.GetRequiredService<TaskContext>();

    /// <summary>Whether the consumer used a feature of the pipeline, even if it caught the exception.</summary>
    protected abstract bool HasExceeded { get; }

    private IServiceProvider Services => (_scope ??= scopes.CreateAsyncScope()).ServiceProvider;

    public sealed override ValueTask InvokeAsync()
    {
        _running = ConsumeAsync(Services);
        if (!_running.IsCompleted || Attempt!.Continues)
        {
            Exceed();
            offered.Cancel();
        }
        else if (_running.IsCompletedSuccessfully && !HasExceeded)
        {
            Rows = Unit.TakeRows();
        }

        if (Rows is null)
        {
            Close(ExecutionState.NeedsPipeline);
            if (_running.IsCompletedSuccessfully && !HasExceeded)
            {
                Exceed();
            }
        }

        return ValueTask.CompletedTask;
    }

    public sealed override Task<StagedMessage> EncodeAsync(NextMessage next) =>
        throw new InvalidOperationException("Tasks with several parts go through the pipeline.");

    /// <summary>
    /// Does not wait for a consumer that is still running, so that it does not delay the rest of the group. Its delivery is passed
    /// to the pipeline when the consumer has ended.
    /// </summary>
    public sealed override ValueTask LeaveAsync()
    {
        if (_running.IsCompleted)
        {
            return EndScopeAsync();
        }

        _running = EndLaterAsync(_running);
        return ValueTask.CompletedTask;
    }

    public sealed override ValueTask EndAsync()
    {
        if (State is ExecutionState.Committed or ExecutionState.Done)
        {
            Answer(isFinished: true, offered.Acknowledge);
        }
        else
        {
            if (HasExceeded)
            {
                OnExceeded?.Invoke();
            }

            LeaveLane();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Passes the delivery to the pipeline, where it enters the gate again, once its consumer has ended.</summary>
    public void LeaveLane() => _ = LeaveLaneAsync();

    /// <summary>Abandons the delivery because the endpoint stops before it has started.</summary>
    public void Abandon() => Answer(isFinished: false, offered.Abandon);

    /// <summary>Runs the consumer.</summary>
    protected abstract Task ConsumeAsync(IServiceProvider services);

    /// <summary>Called if the consumer does more than stage rows.</summary>
    protected abstract void Exceed();

    /// <summary>Called when the consumer has ended: the body's buffer is reused from then on.</summary>
    protected abstract void EndConsumer();

    private async Task LeaveLaneAsync()
    {
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Answer(isFinished: false, offered.PassToPipeline);
    }

    private async Task EndLaterAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await EndScopeAsync();
    }

    private async ValueTask EndScopeAsync()
    {
        EndConsumer();
        if (_scope is { } scope)
        {
            await base.LeaveAsync();
            await scope.DisposeAsync();
        }
    }

    private void Answer(bool isFinished, Action answer)
    {
        if (!Interlocked.Exchange(ref _isAnswered, true))
        {
            offered.EndConsumer();
            Permit.Release(isFinished);
            answer();
        }
    }
}
