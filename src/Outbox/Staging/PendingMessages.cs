namespace Messaging.Outbox.Staging;

/// <summary>Messages that are staged at the commit, when it is known whether they have successors.</summary>
internal sealed class PendingMessages
{
    private readonly Lock _lock = new();
    private Queue<(string Name, Func<Task> Stage)>? _messages;

    public bool IsEmpty => _messages is null or { Count: 0 };

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. (_messages ?? []).Select(m => m.Name)];
            }
        }
    }

    public void Add(string name, Func<Task> stage)
    {
        lock (_lock)
        {
            (_messages ??= new(2)).Enqueue((name, stage));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _messages?.Clear();
        }
    }

    /// <summary>Stages all messages. One that fails stays pending, so that a second commit includes it.</summary>
    public async Task StageAsync()
    {
        while (TryTake(out var message))
        {
            try
            {
                await message.Stage();
            }
            catch
            {
                Add(message.Name, message.Stage);
                throw;
            }
        }
    }

    private bool TryTake(out (string Name, Func<Task> Stage) message)
    {
        lock (_lock)
        {
            message = default;
            return _messages?.TryDequeue(out message) == true;
        }
    }
}
