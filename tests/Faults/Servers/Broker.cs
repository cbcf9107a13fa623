using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Processes;
using RabbitMQ.Client;

namespace Messaging.Faults.Servers;

/// <summary>RabbitMQ from outside of the system: what an operator does, and what an outsider publishes.</summary>
internal sealed class Broker : IDisposable
{
    private readonly IReadOnlyList<LocalServers> _nodes;
    private readonly HttpClient _management = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConnectionFactory _factory;

    public Broker(IReadOnlyList<LocalServers> nodes)
    {
        _nodes = nodes;
        _management.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("guest:guest")));
        _factory = new ConnectionFactory { HostName = nodes[0].Address, Port = nodes[0].RabbitMqPort, AutomaticRecoveryEnabled = false };
    }

    /// <summary>The names of the clients' connections.</summary>
    public async Task<IReadOnlyList<string>> ConnectionsAsync() =>
        [.. (await AskAsync("api/connections?columns=name")).EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    public async Task CloseConnectionAsync(string name)
    {
        using var response = await _management.DeleteAsync(new Uri(_nodes[0].Management, $"api/connections/{Uri.EscapeDataString(name)}"));
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
        var queues = await AskAsync("api/queues?columns=name,messages");
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

    /// <summary>The node that leads a queue.</summary>
    public async Task<LocalServers> LeaderOfAsync(string queue)
    {
        var node = (await AskAsync($"api/queues/%2F/{queue}?columns=node")).GetProperty("node").GetString()!;
        return _nodes[node[^1] - '1']; // messaging-26000-2@member2
    }

    public void Dispose() => _management.Dispose();

    /// <summary>Asks the nodes one after the other until one answers.</summary>
    private async Task<JsonElement> AskAsync(string path)
    {
        foreach (var node in _nodes.SkipLast(1))
        {
            try
            {
                return await _management.GetFromJsonAsync<JsonElement>(new Uri(node.Management, path));
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
            {
                // The next one.
            }
        }

        return await _management.GetFromJsonAsync<JsonElement>(new Uri(_nodes[^1].Management, path));
    }
}
