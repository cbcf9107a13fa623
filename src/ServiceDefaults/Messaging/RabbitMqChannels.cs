using System.Net.Security;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// Channels for what MassTransit has no words for, or is slow at, over a connection of their own: opened when it is first needed, and again
/// after a failure.
/// </summary>
/// <param name="options">Where the broker is.</param>
/// <param name="name">What the connection is called in the broker's management UI.</param>
internal sealed class RabbitMqChannels(IOptions<RabbitMqOptions> options, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;

    public Task<IChannel> OpenAsync(CancellationToken cancellationToken) => OpenAsync(options: null, cancellationToken);

    public async Task<IChannel> OpenAsync(CreateChannelOptions? options, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).CreateChannelAsync(options, cancellationToken).WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    private static ConnectionFactory ToFactory(RabbitMqOptions options, string name) => new()
    {
        HostName = options.Host,
        Port = options.Port,
        VirtualHost = options.VirtualHost,
        UserName = options.Username,
        Password = options.Password!,
        ClientProvidedName = name,
        AutomaticRecoveryEnabled = false,
        RequestedHeartbeat = TimeSpan.FromSeconds(10), // as MassTransit's
        Ssl = new SslOption
        {
            Enabled = options.UseTls,
            ServerName = options.Host,
            AcceptablePolicyErrors = SslPolicyErrors.None,
        },
    };

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_connection is not { IsOpen: true })
            {
                await CloseAsync();
                _connection = await ToFactory(options.Value, name).CreateConnectionAsync(cancellationToken).WaitAsync(cancellationToken);
            }

            return _connection;
        }
        finally
        {
            _turn.Release();
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
                // It was broken; nobody needs it any more.
            }
        }
    }
}
