using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Storage;

/// <summary>
/// Checks storage on demand, at most ten times a second; in between, and while another caller checks, the last result is used. A
/// process without requests checks nothing.
/// </summary>
internal sealed class StorageReserve(
    IStoreSpace space, IEnumerable<IStorageGauge> gauges, IOptions<OutboxOptions> options, TimeProvider time) : IStorageReserve, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100), FreshWhenShort = TimeSpan.FromSeconds(1), Deadline = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StorageLimits _limits = new(options.Value.MinFreeBytes, options.Value.MaxDatabaseBytes, options.Value.DatabaseSizeInterval);
    private volatile Answer? _last;

    // A store that is a file checks its own disk, and knows the unused space inside the file.
    private readonly Lazy<IReadOnlyList<IStorageGauge>> _gauges =
        new(() => [.. gauges.Where(gauge => gauge is not DiskGauge disk || space.File is not { } file || !disk.IsDiskOf(file))]);

    private Answer? Current =>
        _last is { } last && time.GetElapsedTime(last.At) < (last.Shortage is null ? Fresh : FreshWhenShort) ? last : null;

    public ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default) =>
        Current is { } current ? ValueTask.FromResult(current.Shortage) : CheckAsync(cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        if (_last is null)
        {
            await _turn.WaitAsync(cancellationToken); // there is no result yet
        }
        else if (!_turn.Wait(0, CancellationToken.None))
        {
            return _last.Shortage;
        }

        try
        {
            if (Current is { } current)
            {
                return current.Shortage; // another caller checked while this one waited
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
            return await space.FindShortageAsync(_limits, deadline.Token);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return _last?.Shortage; // others report that the database does not answer, and a write fails by itself
        }
    }

    private sealed record Answer(string? Shortage, long At);
}
