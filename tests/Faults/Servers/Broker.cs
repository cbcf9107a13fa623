using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Processes;
using RabbitMQ.Client;

namespace Messaging.Faults.Servers;

/// <summary>RabbitMQ from outside of the system: what an operator does, and what a stranger publishes.</summary>
internal sealed class Broker : IDisposable
{
    private readonly HttpClient _management;
    private readonly ConnectionFactory _factory;

    public Broker(LocalServers servers)
    {
        _management = new HttpClient { BaseAddress = servers.Management, Timeout = TimeSpan.FromSeconds(10) };
        _management.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("guest:guest")));
        _factory = new ConnectionFactory { HostName = "127.0.0.1", Port = servers.RabbitMqPort, AutomaticRecoveryEnabled = false };
    }

    /// <summary>The names of the clients' connections.</summary>
    public async Task<IReadOnlyList<string>> ConnectionsAsync() =>
        [.. (await _management.GetFromJsonAsync<JsonElement>("api/connections?columns=name")).EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    public async Task CloseConnectionAsync(string name)
    {
        using var response = await _management.DeleteAsync($"api/connections/{Uri.EscapeDataString(name)}");
    }

    public async Task DeleteQueueAsync(string name)
    {
        await using var connection = await _factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(name);
    }

    /// <summary>Messages in each queue, those under way to a consumer included.</summary>
    public async Task<IReadOnlyDictionary<string, long>> DepthsAsync()
    {
        var queues = await _management.GetFromJsonAsync<JsonElement>("api/queues?columns=name,messages");
        return queues.EnumerateArray().ToDictionary(
            q => q.GetProperty("name").GetString()!,
            q => q.TryGetProperty("messages", out var messages) ? messages.GetInt64() : -1);
    }

    /// <summary>Publishes to the exchange of a message type, or to a queue, and returns when the broker has confirmed all.</summary>
    public async Task PublishAsync(
        string exchange, string routingKey, Guid messageId, string contentType, ReadOnlyMemory<byte> body, int times, CancellationToken cancellationToken)
    {
        var confirms = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var connection = await _factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(confirms, cancellationToken);
        foreach (var part in Enumerable.Range(0, times).Chunk(100))
        {
            await Task.WhenAll(part.Select(_ => channel.BasicPublishAsync(
                exchange,
                routingKey,
                mandatory: true,
                new BasicProperties { MessageId = messageId.ToString(), ContentType = contentType, Persistent = true },
                body,
                cancellationToken).AsTask()));
        }
    }

    public void Dispose() => _management.Dispose();
}
