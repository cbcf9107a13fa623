using System.Collections.Concurrent;
using System.Net;

namespace Messaging.EndToEnd.Tests.Hosting;

/// <summary>What clients behind a load balancer notice when APIs are stopped and started one after the other: nothing.</summary>
public sealed class RollingRestartTests
{
    [Fact]
    public async Task A_stopping_api_is_not_ready_first_and_goes_on_answering()
    {
        await using var system = await RealSystem.CreateAsync(("Shutdown__DrainDelay", "00:05:00"));
        var api = await system.StartApi().ReadyAsync();

        var stopped = api.TerminateAsync();
        await Eventually.True(async () => await StatusAsync(api, "/health/ready") == HttpStatusCode.ServiceUnavailable, "it is not ready");

        using var readiness = await api.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Contains("The process is stopping.", await readiness.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/health/live"));
        using var answer = await api.Client.PostAsync("/log?message=late", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.False(stopped.IsCompleted);
        await api.KillAsync();
    }

    [Fact]
    public async Task A_rolling_restart_behind_a_balancer_fails_no_request()
    {
        await using var system = await RealSystem.CreateAsync(("Shutdown__DrainDelay", "00:00:10"), ("Outbox__CommitTimeout", "00:00:30"));
        using var balancer = new Balancer();
        var apis = new List<AppProcess> { await system.StartApi().ReadyAsync(), await system.StartApi().ReadyAsync() };
        apis.ForEach(balancer.Add);
        using var end = new CancellationTokenSource();
        var (failures, accepted) = (new ConcurrentQueue<string>(), 0);
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(SendAsync)).ToArray();

        for (var i = 0; i < 2; i++) // each of them
        {
            await AcceptMoreAsync();
            Assert.Equal(0, await apis[0].TerminateAsync());
            balancer.Remove(apis[0]);
            apis.RemoveAt(0);
            apis.Add(await system.StartApi().ReadyAsync());
            balancer.Add(apis[^1]);
        }

        await AcceptMoreAsync();
        await end.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(failures);
        Assert.Equal(accepted, await system.CountAsync("tasks"));

        async Task SendAsync()
        {
            while (!end.IsCancellationRequested)
            {
                var api = await balancer.PickAsync();
                try
                {
                    using var answer = await api.Client.PostAsync("/log?message=entry", null, CancellationToken.None);
                    if (answer.StatusCode == HttpStatusCode.Accepted)
                    {
                        Interlocked.Increment(ref accepted);
                    }
                    else
                    {
                        failures.Enqueue($"{answer.StatusCode}");
                    }
                }
                catch (Exception exception)
                {
                    failures.Enqueue($"{exception.GetBaseException().Message}");
                }
            }
        }

        async Task AcceptMoreAsync()
        {
            var enough = Volatile.Read(ref accepted) + 100;
            await Eventually.True(() => Volatile.Read(ref accepted) >= enough || !failures.IsEmpty, "requests are accepted");
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(AppProcess api, string path)
    {
        using var response = await api.Client.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }
}
