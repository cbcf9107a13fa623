using System.Runtime.CompilerServices;

namespace Messaging.Outbox.Feed;

/// <summary>A shared reading that one can also follow: it is read for as long as somebody looks, and all get each change of it.</summary>
/// <param name="read">Reads the value.</param>
/// <param name="versionOf">A short text that is the same for equal values, in every process.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the process stops, which ends the streams.</param>
internal sealed class FollowedReading<T>(Func<CancellationToken, Task<T>> read, Func<T, string> versionOf, TimeProvider time, CancellationToken stopping)
    where T : class
{
    private readonly SharedReading<T> _shared = new(read, time, stopping);
    private readonly Lock _lock = new();
    private State _state = new(0, Value: null, Version: null, IsUnavailable: false);
    private int _followers;
    private bool _isRunning;

    /// <summary>Whether nobody follows it, and the last reading is too old to be used again.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _followers == 0 && _shared.IsIdle;
            }
        }
    }

    /// <inheritdoc cref="SharedReading{T}.GetAsync"/>
    public Task<T> GetAsync(CancellationToken cancellationToken) => _shared.GetAsync(cancellationToken);

    /// <inheritdoc cref="SharedReading{T}.Forget"/>
    public void Forget() => _shared.Forget();

    /// <summary>The value, then each change. It never ends because a reading fails: it says so, and goes on later.</summary>
    /// <param name="lastVersion">The version that the follower has; if it is still the current one, the first event is omitted, unless it could not be read meanwhile.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    public async IAsyncEnumerable<SharedEvent<T>> FollowAsync(string? lastVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Join();
        try
        {
            long? seen = null;
            var isUnavailable = false; // the follower was told so, and has to learn that it is over
            for (var state = Volatile.Read(ref _state); !stopping.IsCancellationRequested; state = Volatile.Read(ref _state))
            {
                if (state.Sequence == seen)
                {
                    if (!await Silence.IsOverAsync(state.Next.Task, time, cancellationToken))
                    {
                        yield return new SharedEvent<T>(SharedEventType.Ping, lastVersion, null);
                    }

                    continue;
                }

                if (state.Sequence > seen + 1)
                {
                    yield return new SharedEvent<T>(SharedEventType.Lagged, lastVersion, null);
                }

                seen = state.Sequence;
                if (state.IsUnavailable)
                {
                    isUnavailable = true;
                    yield return new SharedEvent<T>(SharedEventType.Unavailable, lastVersion, null);
                }
                else if (state.Value is not null && (isUnavailable || state.Version != lastVersion))
                {
                    isUnavailable = false;
                    lastVersion = state.Version;
                    yield return new SharedEvent<T>(SharedEventType.Changed, lastVersion, state.Value);
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Reads until nobody follows any more.</summary>
    private async Task RunAsync()
    {
        while (HasFollowers())
        {
            try
            {
                var value = await _shared.GetAsync(CancellationToken.None);
                Show(new State(0, value, versionOf(value), IsUnavailable: false));
            }
            catch (Exception)
            {
                Show(_state with { IsUnavailable = true }); // a request for the same value has the error
            }

            var pause = _shared.FreshFor;
            await Task.Delay(pause > TimeSpan.Zero ? pause : SharedReading<T>.Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (stopping.IsCancellationRequested)
        {
            Show(_state); // wakes the followers, which then end
        }
    }

    private void Show(State state)
    {
        lock (_lock)
        {
            var shown = _state;
            if (shown.Version != state.Version || shown.IsUnavailable != state.IsUnavailable || stopping.IsCancellationRequested)
            {
                Volatile.Write(ref _state, state with { Sequence = shown.Sequence + 1 });
                shown.Next.TrySetResult();
            }
        }
    }

    private void Join()
    {
        lock (_lock)
        {
            _followers++;
            if (!_isRunning)
            {
                _isRunning = true;
                _state = new State(_state.Sequence + 1, Value: null, Version: null, IsUnavailable: false); // what it was before is too old
                _ = Task.Run(RunAsync);
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _followers--;
        }
    }

    private bool HasFollowers()
    {
        lock (_lock)
        {
            return _isRunning = _followers > 0 && !stopping.IsCancellationRequested;
        }
    }

    /// <summary>What followers see. Next is completed when there is another one.</summary>
    private sealed record State(long Sequence, T? Value, string? Version, bool IsUnavailable)
    {
        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // A copy waits for its own successor.
        private State(State original)
        {
            (Sequence, Value, Version, IsUnavailable) = (original.Sequence, original.Value, original.Version, original.IsUnavailable);
            Next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
