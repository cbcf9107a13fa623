using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests;

/// <summary>
/// Sends requests and keeps those that were accepted. A request whose answer was lost is kept apart: it may have been
/// stored, or not, as with every server.
/// </summary>
internal sealed class Ledger
{
    private int _next;

    public ConcurrentDictionary<Guid, string> Accepted { get; } = new();
    public ConcurrentQueue<string> Unanswered { get; } = new();

    /// <summary>Sends registrations and log entries until told to stop.</summary>
    public async Task SendAsync(HttpClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next);
            await SendOneAsync(client, number % 2 == 0 ? $"/register?email=user{number}@example.org" : $"/log?message=entry{number}");
        }
    }

    public async Task SendOneAsync(HttpClient client, string path, HttpContent? content = null)
    {
        try
        {
            using var response = await client.PostAsync(path, content);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                Accepted[(await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid()] = path;
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Unanswered.Enqueue(path);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or TaskCanceledException or JsonException)
        {
            Unanswered.Enqueue(path);
        }
    }

    /// <summary>Hands the welcome mail of a user on by itself, without what comes before and after it when somebody registers.</summary>
    public async Task WelcomeAsync(RealSystem system, string email)
    {
        await system.ExecuteAsync($"INSERT INTO users (id, email, registered_at) VALUES (gen_random_uuid(), '{email}', now())");
        using var response = await system.Api.Client.PostAsJsonAsync(
            "/tasks", new { type = "UserRegistered", message = new { userId = Guid.CreateVersion7(), email, registeredAt = DateTimeOffset.UtcNow } });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Accepted[(await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid()] = "/tasks";
    }

    /// <summary>Waits until every accepted task has succeeded.</summary>
    public async Task AllSucceededAsync(HttpClient client)
    {
        var open = Accepted.Keys.ToHashSet();
        await Eventually.True(
            async () =>
            {
                foreach (var id in open.ToList())
                {
                    var task = await client.GetFromJsonAsync<JsonElement>($"/tasks/{id}");
                    if (task.GetProperty("state").GetString() != "Succeeded")
                    {
                        return false;
                    }

                    open.Remove(id);
                }

                return true;
            },
            $"all of {Accepted.Count} accepted tasks have succeeded");
    }

    public int Registrations => Accepted.Values.Count(p => p.StartsWith("/register", StringComparison.Ordinal));

    public int Entries => Accepted.Values.Count(p => p.StartsWith("/log", StringComparison.Ordinal));
}
