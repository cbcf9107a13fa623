using Messaging.Outbox.Execution;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.FastLane;

/// <summary>One consumer at one delivery that was taken. Of several answers to the delivery the first one counts.</summary>
internal abstract class FastLaneExecution(OfferedDelivery offered, ConsumerIdentity consumer, IServiceScopeFactory scopes)
    : MessageExecution(offered.Progress, consumer)
{
    private AsyncServiceScope? _scope;
    private UnitOfWork? _unit;
    private Task _running = Task.CompletedTask;
    private bool _isAnswered;

    /// <summary>When the message was sent.</summary>
    public abstract DateTime? SentTime { get; }

    /// <summary>Its place at the gate of the queue.</summary>
    public QueuePermit Permit { get; set; } = null!;

    /// <summary>Called when the consumer does more than stage rows.</summary>
    public Action? OnExceeded { get; set; }

    public sealed override bool MayWait => false;

    public sealed override UnitOfWork Unit => _unit ??= Services.GetRequiredService<UnitOfWork>();

    public sealed override TaskContext TaskContext => Services.GetRequiredService<TaskContext>();

    /// <summary>Whether the consumer has asked for what only the pipeline has, and perhaps swallowed the exception.</summary>
    protected abstract bool HasExceeded { get; }

    private IServiceProvider Services => (_scope ??= scopes.CreateAsyncScope()).ServiceProvider;

    public sealed override ValueTask InvokeAsync()
    {
        _running = ConsumeAsync(Services);
        if (!_running.IsCompleted || Attempt!.Continues)
        {
            Exceed();
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
        throw new InvalidOperationException("What continues later goes through the pipeline.");

    /// <summary>Who has not come to its end by now is waited for before its delivery goes through the pipeline, and not by the others.</summary>
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
            Answer(isConsumed: true, offered.Acknowledge);
        }
        else
        {
            if (HasExceeded)
            {
                OnExceeded?.Invoke();
            }

            _ = LeaveLaneAsync();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>It is for the pipeline, where it comes to the gate once more.</summary>
    public void PassToPipeline() => Answer(isConsumed: false, offered.PassToPipeline);

    /// <summary>The endpoint stops before it was begun.</summary>
    public void Abandon() => Answer(isConsumed: false, offered.Abandon);

    /// <summary>Runs the consumer.</summary>
    protected abstract Task ConsumeAsync(IServiceProvider services);

    /// <summary>It does more than stage rows.</summary>
    protected abstract void Exceed();

    /// <summary>The consumer has come to its end: the body is another message's from now on.</summary>
    protected abstract void EndConsumer();

    private async Task LeaveLaneAsync()
    {
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        PassToPipeline();
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

    private void Answer(bool isConsumed, Action answer)
    {
        if (!Interlocked.Exchange(ref _isAnswered, true))
        {
            Permit.Release(isConsumed);
            answer();
        }
    }
}
