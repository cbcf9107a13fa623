using MassTransit;

namespace Messaging.Outbox.Tests.Pipeline;

/// <summary>Counts what arrives in an endpoint's error queue.</summary>
internal sealed class ErrorQueue : IAsyncDisposable
{
    private HostReceiveEndpointHandle _handle = null!;
    private int _count;

    public int Count => _count;

    public static async Task<ErrorQueue> ConnectAsync(PipelineUnderTest pipeline, string queue)
    {
        var errors = new ErrorQueue();
        errors._handle = ((IBusControl)pipeline.Harness.Bus).ConnectReceiveEndpoint($"{queue}_error", endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.Handler<Greet>(_ =>
            {
                Interlocked.Increment(ref errors._count);
                return Task.CompletedTask;
            });
        });
        await errors._handle.Ready;
        return errors;
    }

    public async ValueTask DisposeAsync() => await _handle.StopAsync();
}
