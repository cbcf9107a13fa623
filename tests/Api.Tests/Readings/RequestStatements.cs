using System.Reflection;
using Messaging.Outbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Readings;

/// <summary>Counts the statements by which requests read the outbox's tables, and not those of the background.</summary>
internal sealed class RequestStatements : IStartupFilter
{
    private static readonly Type Seam = typeof(IUnitOfWork).Assembly.GetType("Messaging.Outbox.Store.IStoreQueries", throwOnError: true)!;

    private readonly AsyncLocal<bool> _isOfRequest = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void AddTo(IServiceCollection services)
    {
        var store = services.Last(service => service.ServiceType == Seam);
        services.AddSingleton<IStartupFilter>(this);
        services.AddSingleton(Seam, provider =>
        {
            var proxy = (Proxy)DispatchProxy.Create(Seam, typeof(Proxy));
            (proxy.Store, proxy.Statements) = (store.ImplementationInstance ?? store.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, store.ImplementationType!), this);
            return proxy;
        });
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((_, handle) =>
        {
            _isOfRequest.Value = true; // also in what the request begins, and others wait for
            return handle();
        });
        next(app);
    };

    private void Add()
    {
        if (_isOfRequest.Value)
        {
            Interlocked.Increment(ref _count);
        }
    }

    public class Proxy : DispatchProxy
    {
        internal object Store { get; set; } = null!;

        internal RequestStatements Statements { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Statements.Add();
            return targetMethod!.Invoke(Store, args);
        }
    }
}
