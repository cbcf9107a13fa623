using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace UserOfTheLibrary;

internal static class Packages
{
    public static void AddMassTransit(IServiceCollection services)
    {
        services.AddMassTransit(x =>
        {
            x.AddConsumer<InvoiceRequestedConsumer>();
            x.AddOutbox(o => o.UseSqlite("invoices.db"));                                  // or UsePostgreSql: the inbox, and what is sent, in this database
            x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
        });
    }

    public static void AddPostgreSql(IBusRegistrationConfigurator x)
    {
        x.AddOutbox(o => o.UsePostgreSql("Host=localhost;Database=shop;Username=shop", schema: "messaging", tablePrefix: ""));
    }

    public static void AddSqlite(IBusRegistrationConfigurator x)
    {
        x.AddOutbox(o => o.UseSqlite("invoices.db", tablePrefix: "outbox_"));
    }

    public static void AddRabbitMq(IBusRegistrationConfigurator x, string password)
    {
        x.AddOutbox(o => o
            .UsePostgreSql("Host=localhost;Database=shop;Username=shop")
            .UseRabbitMq(r => { r.Host = "rabbit-1,rabbit-2"; r.Password = password; }));  // the bus and its endpoints, in place of UsingRabbitMq
    }
}

internal sealed class Orders(IUnitOfWork unit, IBackgroundTasks tasks)
{
    public Task PlaceAsync(Guid orderId)
    {
        unit.Execute("INSERT INTO orders (id) VALUES ($1)", orderId);
        var invoice = tasks.Add(new InvoiceRequested { OrderId = orderId });
        invoice.Then(new ParcelRequested { OrderId = orderId });                       // when that has succeeded
        return unit.CommitAsync();                                                     // all of it, or nothing
    }
}
