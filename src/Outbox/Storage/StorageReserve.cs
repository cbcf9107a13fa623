using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Storage;

/// <summary>
/// Asks when somebody asks, and no more often than ten times a second; meanwhile, and while somebody else is at it, the last answer holds. A
/// process that nobody calls looks at nothing.
/// </summary>
internal sealed class StorageReserve(
    IOutboxStore store, IEnumerable<IStorageGauge> gauges, IOptions<OutboxOptions> options, TimeProvider time) : IStorageReserve, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100), FreshWhenShort = TimeSpan.FromSeconds(1), Deadline = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StorageLimits _limits = new(options.Value.MinFreeBytes, options.Value.MaxDatabaseBytes, options.Value.DatabaseSizeInterval);
    private volatile Answer? _last;

    // A store that is a file looks after its own disk, and knows what is unused within the file.
    private readonly Lazy<IReadOnlyList<IStorageGauge>> _gauges =
        new(() => [.. gauges.Where(gauge => gauge is not DiskGauge disk || store.File is not { } file || !disk.IsDiskOf(file))]);

    private Answer? Current =>
        _last is { } last && time.GetElapsedTime(last.At) < (last.Shortage is null ? Fresh : FreshWhenShort) ? last : null;

    public ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default) =>
        Current is { } current ? ValueTask.FromResult(current.Shortage) : LookAsync(cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async ValueTask<string?> LookAsync(CancellationToken cancellationToken)
    {
        if (_last is null)
        {
            await _turn.WaitAsync(cancellationToken); // nobody knows yet
        }
        else if (!_turn.Wait(0, CancellationToken.None))
        {
            return _last.Shortage;
        }

        try
        {
            if (Current is { } current)
            {
                return current.Shortage; // of whoever came first: those who waited for it do not look one after the other
            }

            var shortage = await FindAsync();
            _last = new Answer(shortage, time.GetTimestamp());
            return shortage;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string?> FindAsync()
    {
        try
        {
            foreach (var gauge in _gauges.Value)
            {
                if (await gauge.FindShortageAsync(CancellationToken.None) is { } shortage)
                {
                    return shortage;
                }
            }

            using var deadline = new CancellationTokenSource(Deadline);
            return await store.FindShortageAsync(_limits, deadline.Token);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return _last?.Shortage; // that the database does not answer is said by others, and a write finds it out by itself
        }
    }

    private sealed record Answer(string? Shortage, long At);
}

/// <summary>What is to be left of the store's space.</summary>
/// <param name="MinFreeBytes">On the disk of a store that is a file.</param>
/// <param name="MaxDatabaseBytes">The largest size of a database on a server, whose disk nobody sees.</param>
/// <param name="SizeInterval">How often that is asked.</param>
internal sealed record StorageLimits(long? MinFreeBytes, long? MaxDatabaseBytes, TimeSpan SizeInterval);
