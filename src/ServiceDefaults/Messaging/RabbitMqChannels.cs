using System.Net.Security;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// Channels for what MassTransit has no words for, over a connection of their own: opened when it is first needed, and again after a failure.
/// </summary>
internal sealed class RabbitMqChannels(IOptions<RabbitMqOptions> options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;

    public async Task<IChannel> OpenAsync(CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).CreateChannelAsync(cancellationToken: cancellationToken).WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    internal static ConnectionFactory ToFactory(RabbitMqOptions options) => new()
    {
        HostName = options.Host,
        Port = options.Port,
        VirtualHost = options.VirtualHost,
        UserName = options.Username,
        Password = options.Password!,
        ClientProvidedName = "queues",
        AutomaticRecoveryEnabled = false,
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
                _connection = await ToFactory(options.Value).CreateConnectionAsync(cancellationToken).WaitAsync(cancellationToken);
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
