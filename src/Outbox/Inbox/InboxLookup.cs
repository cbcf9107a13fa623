using System.Threading.Channels;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Inbox;

/// <summary>Looks up which inbox keys exist and which tasks were cancelled. Concurrent look-ups share one query.</summary>
internal sealed class InboxLookup : IAsyncDisposable
{
    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IInboxStore _inbox;
    private readonly OutboxOptions _options;
    private readonly Task _loop;

    public InboxLookup(IInboxStore inbox, IOptions<OutboxOptions> options)
    {
        _inbox = inbox;
        _options = options.Value;
        _loop = Task.Run(LookUpAsync);
    }

    public async Task<InboxState> FindDoneAsync(
        IReadOnlyList<InboxKey> keys, IReadOnlyList<Guid> tasks, CancellationToken cancellationToken)
    {
        var pending = new Pending(keys, tasks, new TaskCompletionSource<InboxState>(TaskCreationOptions.RunContinuationsAsynchronously));
        await _queue.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Completion.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task LookUpAsync()
    {
        var group = new List<Pending>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (group.Count < _options.MaxCommitGroup && _queue.Reader.TryRead(out var pending))
            {
                group.Add(pending);
            }

            try
            {
                using var deadline = new CancellationTokenSource(_options.CommitTimeout);
                var done = await _inbox.FindDoneAsync(
                    [.. group.SelectMany(p => p.Keys).Distinct()], [.. group.SelectMany(p => p.Tasks).Distinct()], deadline.Token);
                group.ForEach(p => p.Completion.TrySetResult(done));
            }
            catch (Exception exception)
            {
                group.ForEach(p =>
                {
                    p.Completion.TrySetException(exception);
                    _ = p.Completion.Task.Exception; // marks the exception as observed: the delivery may have been cancelled
                });
            }

            group.Clear();
        }
    }

    private sealed record Pending(IReadOnlyList<InboxKey> Keys, IReadOnlyList<Guid> Tasks, TaskCompletionSource<InboxState> Completion);
}
