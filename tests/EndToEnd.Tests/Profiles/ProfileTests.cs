using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Profiles;

/// <summary>Two API processes with profiles in their memory, over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
[Collection("broker")]
public sealed class ProfileTests
{
    [Fact]
    public async Task A_change_at_one_api_ends_the_others_cached_profile()
    {
        await using var system = await RealSystem.CreateAsync(("Profiles__CacheLifetime", "01:00:00"));
        var (one, other) = await StartTwoAsync(system);
        var id = await AddUserAsync(system);
        Assert.Equal(("before", "before"), (await NameAsync(one, id), await NameAsync(other, id)));

        await RenameAsync(one, id, "after");

        Assert.Equal("after", await NameAsync(one, id));
        await Eventually.True(async () => await NameAsync(other, id) == "after", "the other one has heard of it");
        await Eventually.True(async () => await system.CountAsync("inbox") == 2, "each has noted it for itself");
        Assert.Equal(0, await system.CountAsync("dead_letters"));
        Assert.Equal(0, await system.CountAsync("queues"));
    }

    [Fact]
    public async Task Without_a_broker_both_apis_serve_the_changed_profile()
    {
        await using var system = await RealSystem.CreateAsync(("Profiles__CacheLifetime", "01:00:00"));
        var (one, other) = await StartTwoAsync(system);
        var id = await AddUserAsync(system);
        Assert.Equal(("before", "before"), (await NameAsync(one, id), await NameAsync(other, id)));

        await RealSystem.RabbitMqCtlAsync("stop_app");
        try
        {
            await RenameAsync(one, id, "after");
            Assert.Equal("after", await NameAsync(one, id));
            await Eventually.True(async () => await NameAsync(other, id) == "after", "the other one has noticed that it hears nothing");
            await system.ExecuteAsync($"UPDATE users SET display_name = 'later' WHERE id = '{id}'");
            foreach (var api in (AppProcess[])[one, other])
            {
                await Eventually.True(async () => await NameAsync(api, id) == "later", "the database is asked");
            }
        }
        finally
        {
            await RealSystem.RabbitMqCtlAsync("start_app");
        }

        await Eventually.True(async () => await system.CountAsync("outbox") == 0, "the change has been told");
        foreach (var api in (AppProcess[])[one, other])
        {
            await KeepsAsync(system, api);
            Assert.Equal("later", await NameAsync(api, id));
        }
    }

    [Fact]
    public async Task The_queue_of_a_process_ends_with_it()
    {
        await using var system = await RealSystem.CreateAsync(("Profiles__CacheLifetime", "01:00:00"));
        var (one, other) = await StartTwoAsync(system);
        await Eventually.True(async () => await InstancesAsync(system) is { Queues: 2, Exchanges: 2 }, "each has a queue");

        await one.TerminateAsync();
        await Eventually.True(async () => await InstancesAsync(system) is { Queues: 1, Exchanges: 1 }, "one has gone with its process");
        await other.KillAsync();
        await Eventually.True(async () => await InstancesAsync(system) is { Queues: 0, Exchanges: 0 }, "the other has, too");

        Assert.DoesNotContain("profile-changed", await RealSystem.RabbitMqCtlAsync("list_bindings", "-p", system.VirtualHost), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_without_a_running_api_is_done_by_the_next_one()
    {
        await using var system = await RealSystem.StartAsync();
        var id = await AddUserAsync(system);
        await RealSystem.RabbitMqCtlAsync("stop_app");
        try
        {
            await RenameAsync(system.Api, id, "after");
            await system.Api.KillAsync();
        }
        finally
        {
            await RealSystem.RabbitMqCtlAsync("start_app");
        }

        await Eventually.True(async () => await system.CountAsync("outbox WHERE attempts > 0") == 1, "the worker finds nobody who takes it");

        await system.StartApi().ReadyAsync();

        Assert.Equal("after", await NameAsync(system.Api, id));
        await Eventually.True(async () => await system.CountAsync("outbox") == 0, "the new process has been told");
    }

    private static async Task<(AppProcess One, AppProcess Other)> StartTwoAsync(RealSystem system)
    {
        var (one, other) = (system.StartApi(), system.StartApi());
        foreach (var api in (AppProcess[])[one, other])
        {
            await api.ReadyAsync();
            await KeepsAsync(system, api);
        }

        return (one, other);
    }

    private static async Task<Guid> AddUserAsync(RealSystem system)
    {
        var id = Guid.CreateVersion7();
        await system.ExecuteAsync($"INSERT INTO users (id, email, display_name, registered_at) VALUES ('{id}', '{id}@example.org', 'before', now())");
        return id;
    }

    /// <summary>Waits until the process keeps what it has read, as it does when it hears of changes: each look at a user of its own.</summary>
    private static Task KeepsAsync(RealSystem system, AppProcess api) => Eventually.True(
        async () =>
        {
            var id = await AddUserAsync(system);
            Assert.Equal("before", await NameAsync(api, id));
            await system.ExecuteAsync($"UPDATE users SET display_name = 'after' WHERE id = '{id}'");
            return await NameAsync(api, id) == "before";
        },
        "profiles are kept in memory");

    private static async Task RenameAsync(AppProcess api, Guid id, string name)
    {
        using var response = await api.Client.PatchAsJsonAsync($"/users/{id}", new { displayName = name });
        response.EnsureSuccessStatusCode();
    }

    private static async Task<string?> NameAsync(AppProcess api, Guid id) =>
        (await api.Client.GetFromJsonAsync<JsonElement>($"/users/{id}")).GetProperty("displayName").GetString();

    private static async Task<(int Queues, int Exchanges)> InstancesAsync(RealSystem system) =>
        (await CountAsync(system, "list_queues"), await CountAsync(system, "list_exchanges"));

    private static async Task<int> CountAsync(RealSystem system, string list) =>
        (await RealSystem.RabbitMqCtlAsync(list, "-p", system.VirtualHost, "name"))
            .Split('\n').Count(line => line.StartsWith("profile-changed", StringComparison.Ordinal));
}
