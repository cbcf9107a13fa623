using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Api.Profiles;
using Messaging.Outbox;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Profiles;

/// <summary>What is served from memory, and when it is not: a profile lives for an hour here, and the rows are changed past the API.</summary>
public sealed class ProfileCacheTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(("Profiles:CacheLifetime", "01:00:00"), ("Endpoints:Default:Retry:FirstDelay", "00:00:00.1"));
    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_profile_is_served_from_memory_until_a_change_is_heard_of()
    {
        var id = await _api.AddUserAsync("before");
        Assert.Equal("before", await NameAsync(id));
        await RenameAsync(id, "after");
        Assert.Equal("before", await NameAsync(id));

        await TellAsync(id);

        Assert.Equal("after", await NameAsync(id));
    }

    [Fact]
    public async Task A_profile_expires_without_a_change()
    {
        await using var api = new StandaloneApi(("Profiles:CacheLifetime", "00:00:00.050"));
        using var client = api.CreateClient();
        var id = await api.AddUserAsync("before");
        Assert.Equal("before", await NameAsync(id, client));

        await api.ExecuteAsync("UPDATE users SET display_name = 'after'");

        await Eventually.True(async () => await NameAsync(id, client) == "after", "the old profile has expired");
    }

    [Fact]
    public async Task A_cached_profile_shows_that_the_welcome_mail_was_sent()
    {
        _api.BlockMails();
        await _api.AcceptedAsync(null, "/register?email=ann@example.org");
        var id = (await _client.GetFromJsonAsync<JsonElement>("/users")).GetProperty("items")[0].GetProperty("id").GetGuid();
        Assert.Equal(JsonValueKind.Null, await WelcomedAtAsync());

        _api.UnblockMails();

        await Eventually.True(async () => await WelcomedAtAsync() == JsonValueKind.String, "the profile says that the mail was sent");

        async Task<JsonValueKind> WelcomedAtAsync() =>
            (await _client.GetFromJsonAsync<JsonElement>($"/users/{id}")).GetProperty("welcomedAt").ValueKind;
    }

    [Fact]
    public async Task A_read_from_before_a_change_does_not_cache_the_old_value()
    {
        var gate = new Gate();
        await using var api = new StandaloneApi(("Profiles:CacheLifetime", "01:00:00"));
        await using var held = api.WithWebHostBuilder(host => host.ConfigureTestServices(services =>
        {
            var reader = services.Last(s => s.ServiceType == typeof(IStoreReader));
            services.AddSingleton<IStoreReader>(p => new HeldReader((IStoreReader)ActivatorUtilities.CreateInstance(p, reader.ImplementationType!), gate));
        }));
        using var client = held.CreateClient();
        var id = await api.AddUserAsync("before");

        gate.Close();
        var early = NameAsync(id, client);
        await gate.Held; // it has read the old value, and has not stored it yet
        using var change = await client.PatchAsJsonAsync($"/users/{id}", new { displayName = "after" });
        Assert.Equal(HttpStatusCode.OK, change.StatusCode);
        Assert.Equal("after", await NameAsync(id, client)); // and does not wait for the early one
        await Eventually.True(async () => await api.CountAsync("inbox") > 0 && await api.CountAsync("outbox") == 0, "the change was heard of");
        gate.Open();

        Assert.Equal("before", await early);
        Assert.Equal("after", await NameAsync(id, client));
    }

    [Fact]
    public async Task A_process_that_hears_of_no_changes_reads_from_the_database()
    {
        var endpoint = new FakeEndpoint { Session = 1 };
        await using var api = new StandaloneApi(("Profiles:CacheLifetime", "01:00:00"));
        await using var watched = api.WithWebHostBuilder(host => host.ConfigureTestServices(
            services => services.AddSingleton<IInstanceEndpoint<ProfileChangedConsumer>>(endpoint)));
        using var client = watched.CreateClient();
        var id = await api.AddUserAsync("first");
        Assert.Equal("first", await NameAsync(id, client));

        endpoint.Session = null;
        await RenameAsync(id, api, "second");
        Assert.Equal("second", await NameAsync(id, client));
        await RenameAsync(id, api, "third");
        Assert.Equal("third", await NameAsync(id, client));

        endpoint.Session = 2;
        Assert.Equal("third", await NameAsync(id, client)); // and not the first one, which was in memory before
        await RenameAsync(id, api, "fourth");
        Assert.Equal("third", await NameAsync(id, client)); // which is in memory again
    }

    [Fact]
    public async Task A_missing_profile_is_not_cached()
    {
        var id = Guid.CreateVersion7();
        using (var missing = await _client.GetAsync($"/users/{id}"))
        {
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }

        Assert.Equal(0, ((MemoryCache)_api.Services.GetRequiredService<IMemoryCache>()).Count);
        await _api.AddUserAsync("Ann", id);
        Assert.Equal("Ann", await NameAsync(id));
    }

    [Fact]
    public async Task The_cache_is_bounded_and_every_profile_is_served()
    {
        await using var api = new StandaloneApi(("Profiles:CacheBytes", "2048"));
        using var client = api.CreateClient();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"user{i}", await NameAsync(await api.AddUserAsync($"user{i}"), client));
        }

        Assert.InRange(((MemoryCache)api.Services.GetRequiredService<IMemoryCache>()).Count, 1, 20);
    }

    private Task<object?> RenameAsync(Guid id, string name) => RenameAsync(id, _api, name);

    private static Task<object?> RenameAsync(Guid id, StandaloneApi api, string name) =>
        api.ExecuteAsync($"UPDATE users SET display_name = '{name}' WHERE id = '{id.ToString().ToUpperInvariant()}'");

    private async Task TellAsync(Guid id)
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(
            JsonContent.Create(new { type = "CacheRefreshRequested", message = new { userId = id } }), "/tasks"));
        await Eventually.True(async () => await _api.CountAsync("outbox") == 0, "every process has heard of it");
    }

    private async Task<string?> NameAsync(Guid id, HttpClient? client = null) =>
        (await (client ?? _client).GetFromJsonAsync<JsonElement>($"/users/{id}")).GetProperty("displayName").GetString();

    private sealed class FakeEndpoint : IInstanceEndpoint<ProfileChangedConsumer>
    {
        public long? Session { get; set; }
    }

    /// <summary>Delays the next read of one row, after it has read.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _held = new(), _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _closed;

        public Task Held => _held.Task;

        public void Close() => Volatile.Write(ref _closed, 1);

        public void Open() => _open.SetResult();

        public async Task PassAsync()
        {
            if (Interlocked.Exchange(ref _closed, 0) == 1)
            {
                _held.SetResult();
                await _open.Task;
            }
        }
    }

    private sealed class HeldReader(IStoreReader inner, Gate gate) : IStoreReader
    {
        public async Task<IReadOnlyList<T>> QueryAsync<T>(
            string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default)
        {
            var rows = await inner.QueryAsync(sql, parameters, read, cancellationToken);
            await gate.PassAsync();
            return rows;
        }
    }
}
