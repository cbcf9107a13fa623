using System.Diagnostics;
using Messaging.Outbox.AspNetCore.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Hosting;

/// <summary>
/// Decides whose trace a request goes on with. ASP.NET Core asks it before anything else sees the request: a caller who may choose the
/// trace decides what is recorded, and mixes tasks into the traces of others. So callers without a key begin a trace of their own, and
/// <c>tracestate</c> and baggage, which are texts, are taken from nobody unless <see cref="ApiOptions.TrustIncomingTraces"/> is set.
/// </summary>
/// <param name="services">The keys and the options are asked for with the first trace: before the start they are not checked yet.</param>
internal sealed class IncomingTraces(IServiceProvider services) : DistributedContextPropagator
{
    private readonly DistributedContextPropagator _inner = Current;

    private bool TrustsAll => services.GetRequiredService<IOptions<ApiOptions>>().Value.TrustIncomingTraces;

    public override IReadOnlyCollection<string> Fields => _inner.Fields;

    public static void AddTo(IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Singleton<DistributedContextPropagator>(provider => new IncomingTraces(provider)));

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) => _inner.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        _inner.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        if (traceId is not null && !TrustsAll)
        {
            (traceId, traceState) = (HasKey(carrier) ? traceId : null, null);
        }
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) =>
        _inner.ExtractBaggage(carrier, getter) is { } baggage && TrustsAll ? baggage : null;

    private bool HasKey(object? carrier) =>
        carrier is IHeaderDictionary headers && ApiKeys.In(headers) is { } presented && services.GetRequiredService<ApiKeys>().Find(presented) is not null;
}
