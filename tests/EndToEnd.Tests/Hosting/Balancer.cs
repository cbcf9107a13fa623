using System.Collections.Concurrent;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>A load balancer in its simplest form: it asks each API every 100 ms whether it is ready, and uses in turn those that are.</summary>
internal sealed class Balancer : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<AppProcess, bool> _ready = new();
    private int _turn;

    public void Add(AppProcess api)
    {
        _ready[api] = true;
        _ = WatchAsync(api);
    }

    public void Remove(AppProcess api) => _ready.TryRemove(api, out _);

    public async Task<AppProcess> PickAsync()
    {
        while (true)
        {
            if (_ready.Where(pair => pair.Value).Select(pair => pair.Key).OrderBy(api => api.Id).ToList() is { Count: > 0 } ready)
            {
                return ready[(int)((uint)Interlocked.Increment(ref _turn) % (uint)ready.Count)];
            }

            await Task.Delay(10);
        }
    }

    public void Dispose() => _end.Cancel();

    private async Task WatchAsync(AppProcess api)
    {
        while (!_end.IsCancellationRequested && _ready.ContainsKey(api))
        {
            var isReady = false;
            try
            {
                using var response = await api.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), _end.Token);
                isReady = response.IsSuccessStatusCode;
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                // Not ready, then.
            }

            _ready.TryUpdate(api, isReady, !isReady);
            await Task.Delay(100);
        }
    }
}
