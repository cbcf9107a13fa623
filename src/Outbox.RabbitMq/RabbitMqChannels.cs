using System.Diagnostics;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Channels over a separate connection, for operations that MassTransit does not offer or performs slowly. The connection is
/// opened on first use, and again after a failure.
/// </summary>
/// <param name="options">The broker's settings.</param>
/// <param name="name">The name of the connection in the broker's management UI.</param>
internal sealed class RabbitMqChannels(IOptions<RabbitMqOptions> options, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lazy<RabbitMqEndpoints> _endpoints = new(() => new RabbitMqEndpoints(options.Value));
    private IConnection? _connection;
    private volatile string? _blockedBecause;

    /// <summary>The alarm because of which the broker blocks this connection; null if it is not blocked.</summary>
    public string? BlockedBecause => _blockedBecause;

    public Task<IChannel> OpenAsync(CancellationToken cancellationToken) => OpenAsync(options: null, cancellationToken);

    public async Task<IChannel> OpenAsync(CreateChannelOptions? options, CancellationToken cancellationToken)
    {
        Activity.Current = null; // the loops of the connection and the channel would keep the span of whoever needed them first
        return await (await ConnectAsync(cancellationToken)).CreateChannelAsync(options, cancellationToken).WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_connection is not { IsOpen: true })
            {
                await CloseAsync();
                _connection = await CreateConnectionAsync(cancellationToken);
            }

            return _connection;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IConnection> CreateConnectionAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            VirtualHost = options.Value.VirtualHost,
            UserName = options.Value.Username,
            Password = options.Value.Password!,
            AutomaticRecoveryEnabled = false,
        };
        await factory.PrepareAsync(options.Value, _endpoints.Value, cancellationToken);
        _blockedBecause = null;
        var connection = await factory.CreateConnectionAsync(name, cancellationToken).WaitAsync(cancellationToken);
        connection.ConnectionBlockedAsync += (_, blocked) => SetBlocked(blocked.Reason);
        connection.ConnectionUnblockedAsync += (_, _) => SetBlocked(null);
        return connection;

        Task SetBlocked(string? reason)
        {
            _blockedBecause = reason;
            return Task.CompletedTask;
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            try
            {
                await connection.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1));
            }
            catch (Exception)
            {
                // The channel was broken and is no longer used.
            }
        }
    }
}
