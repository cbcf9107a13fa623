using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace UserOfTheLibrary;

internal static class PricesHost
{
    public static void Add(IBusRegistrationConfigurator x)
    {
        x.AddInstanceConsumer<PriceChangedConsumer>();
    }
}

internal sealed class Prices(IInstanceEndpoint<PriceChangedConsumer> prices, HybridCache cache)
{
    public async Task<decimal> FindAsync(Guid id, Func<CancellationToken, ValueTask<decimal>> read, CancellationToken cancellationToken)
    {
        var price = prices.Session is { } session ? await cache.GetOrCreateAsync($"{id}/{session}", read) : await read(cancellationToken);
        return price;
    }
}

internal sealed class PriceChangedConsumer(HybridCache cache, IServiceProvider services) : IConsumer<PriceChanged>
{
    public Task Consume(ConsumeContext<PriceChanged> context)
    {
        var session = services.GetRequiredService<IInstanceEndpoint<PriceChangedConsumer>>().Session;
        return cache.RemoveAsync($"{context.Message.Id}/{session}", context.CancellationToken).AsTask();
    }
}

internal sealed record PriceChanged(Guid Id);
