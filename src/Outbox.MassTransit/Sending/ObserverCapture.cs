using System.Reflection;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Observables;
using MassTransit.Transports;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>
/// Finds the observers of a bus, which MassTransit does not expose. MassTransit connects its observer collections to each receive
/// endpoint that is added; this proxy poses as an endpoint and captures them.
/// </summary>
internal class ObserverCapture : DispatchProxy
{
    private PublishObservable? _publish;
    private SendObservable? _send;

    /// <returns>Null for a collection that this version of MassTransit does not connect.</returns>
    public static (PublishObservable? Publish, SendObservable? Send) ObserversOf(IHostConfiguration host)
    {
        var endpoint = Create<ReceiveEndpointContext, ObserverCapture>();
        host.ConnectReceiveEndpointContext(endpoint);
        var capture = (ObserverCapture)(object)endpoint;
        return (capture._publish, capture._send);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _publish ??= args?.OfType<PublishObservable>().FirstOrDefault();
        _send ??= args?.OfType<SendObservable>().FirstOrDefault();
        return targetMethod switch
        {
            { ReturnType: var type } when type == typeof(ConnectHandle) => Create<ConnectHandle, ObserverCapture>(),
            { ReturnType: var type } when type == typeof(IReceivePipe) => Create<IReceivePipe, ObserverCapture>(),
            _ => null,
        };
    }
}
