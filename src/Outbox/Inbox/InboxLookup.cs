using System.Threading.Channels;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Inbox;

/// <summary>Looks inbox keys up; look-ups that are in hand together share one query, as commits share one transaction.</summary>
internal sealed class InboxLookup : IAsyncDisposable
{
    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IOutboxStore _store;
    private readonly OutboxOptions _options;
    private readonly Task _loop;

    public InboxLookup(IOutboxStore store, IOptions<OutboxOptions> options)
    {
        _store = store;
        _options = options.Value;
        _loop = Task.Run(LookUpAsync);
    }

    public async Task<IReadOnlySet<InboxKey>> FindConsumedAsync(IReadOnlyList<InboxKey> keys, CancellationToken cancellationToken)
    {
        var pending = new Pending(keys, new TaskCompletionSource<IReadOnlySet<InboxKey>>(TaskCreationOptions.RunContinuationsAsynchronously));
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
                var consumed = await _store.FindConsumedAsync([.. group.SelectMany(p => p.Keys).Distinct()], deadline.Token);
                group.ForEach(p => p.Completion.TrySetResult(consumed));
            }
            catch (Exception exception)
            {
                group.ForEach(p =>
                {
                    p.Completion.TrySetException(exception);
                    _ = p.Completion.Task.Exception; // observed: its delivery may have been cancelled
                });
            }

            group.Clear();
        }
    }

    private sealed record Pending(IReadOnlyList<InboxKey> Keys, TaskCompletionSource<IReadOnlySet<InboxKey>> Completion);
}
