using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace UserOfTheLibrary;

internal static class Harness
{
    public static void Add(IServiceCollection services, string path)
    {
        services.AddMassTransitTestHarness(x =>
        {
            x.AddConsumer<InvoiceRequestedConsumer>();
            x.AddOutbox(o => o.UseSqlite(path));      // MigrateAsync makes its tables, before harness.Start()
            x.SetTestTimeouts(testInactivityTimeout: TimeSpan.FromSeconds(20));
        });
    }
}
