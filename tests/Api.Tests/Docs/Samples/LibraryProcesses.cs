using MassTransit;
using Messaging.Outbox;
using Microsoft.Extensions.Hosting;

namespace UserOfTheLibrary;

internal static class LibraryProcesses
{
    public static async Task RunAsync(string[] args, string connectionString, string password)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddMassTransit(x =>
        {
            x.AddConsumer<InvoiceRequestedConsumer>();                       // the consumers, and nothing of the API
            x.AddOutbox(o => o.UsePostgreSql(connectionString).UseRabbitMq(r => r.Password = password));
        });
        await builder.Build().RunAsync();
    }
}
