using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Faults.Load;

/// <summary>
/// Sends a steady number of requests a second, whatever becomes of them. Each is repeated under its Idempotency-Key, at the next API,
/// until it is accepted.
/// </summary>
internal sealed class SteadyLoad(Ledger ledger, IReadOnlyList<Uri> apis, int rate) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        Timeout = TimeSpan.FromSeconds(6),
    };

    /// <summary>A polite crowd: while the system is down they do not all knock at once.</summary>
    private readonly SemaphoreSlim _attempts = new(32);

    private int _open;

    /// <summary>Requests that are not accepted yet.</summary>
    public int Open => _open;

    /// <param name="stop">Ends the load; what is open goes on.</param>
    /// <param name="giveUp">Ends everything.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        var begin = DateTime.UtcNow;
        for (var sent = 0; !stop.IsCancellationRequested; sent++)
        {
            if (begin + (TimeSpan.FromSeconds(1) / rate * sent) - DateTime.UtcNow is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!stop.IsCancellationRequested)
            {
                _ = SendAsync(ledger.Next(), giveUp);
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _attempts.Dispose();
    }

    private async Task SendAsync(LedgerEntry entry, CancellationToken giveUp)
    {
        Interlocked.Increment(ref _open);
        try
        {
            while (!await TryAsync(entry, apis[(entry.Number + entry.Retries) % apis.Count], giveUp))
            {
                entry.Retries++;
                await Task.Delay(PauseAfter(entry.Retries), giveUp);
            }
        }
        catch (OperationCanceledException)
        {
            // It stays in the ledger without a task.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private static TimeSpan PauseAfter(int retries) =>
        TimeSpan.FromMilliseconds(Math.Min(100 << Math.Min(retries - 1, 6), 5_000) * (0.75 + (Random.Shared.NextDouble() * 0.5)));

    private async Task<bool> TryAsync(LedgerEntry entry, Uri api, CancellationToken giveUp)
    {
        await _attempts.WaitAsync(giveUp);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api, entry.Path));
            request.Headers.Add("Idempotency-Key", entry.Key);
            using var response = await _client.SendAsync(request, giveUp);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                ledger.Accept(entry, (await response.Content.ReadFromJsonAsync<JsonElement>(giveUp)).GetProperty("taskId").GetGuid());
                return true;
            }

            entry.LastError = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(giveUp)}";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
            || (exception is OperationCanceledException && !giveUp.IsCancellationRequested))
        {
            entry.LastError = exception.Message;
        }
        finally
        {
            _attempts.Release();
        }

        return false;
    }
}
