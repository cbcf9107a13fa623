using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;

namespace UserOfTheLibrary;

/// <summary>An invoice is to be made.</summary>
public sealed record InvoiceRequested
{
    /// <summary>For which order.</summary>
    public required Guid OrderId { get; init; }
}

internal sealed class InvoiceRequestedConsumer(IUnitOfWork unit) : IConsumer<InvoiceRequested>
{
    public Task Consume(ConsumeContext<InvoiceRequested> context)
    {
        // Staged: committed with the inbox, together with what other messages stage at the same time. A consumer that only stages
        // is marked with IStagingConsumer: it then needs no look-up, runs 200 at once, and takes the fast lane past MassTransit's pipeline
        // as long as nothing fails (docs/decisions/0022).
        unit.Execute("INSERT INTO invoices (id, order_id) VALUES ($1, $2)", context.GetOriginalMessageId(), context.Message.OrderId);
        return Task.CompletedTask;
    }
}

internal static class InvoicesModule
{
    public static void AddInvoices(this IBusRegistrationConfigurator configurator) =>
        configurator.AddConsumer<InvoiceRequestedConsumer, TaskConsumerDefinition<InvoiceRequestedConsumer>>();
}

internal static class InvoicesTest
{
    public static async Task RunAsync(Guid id)
    {
        await using var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder => builder.ConfigureTestServices(services =>
            services.AddMassTransitTestHarness(x => x.AddOutbox())));   // the store that the application chose, or another: o => o.UseSqlite(path)
        await factory.CreateClient().PostAsync($"/orders?id={id}", null);
        Assert.True(await factory.Services.GetTestHarness().Consumed.Any<OrderPlaced>());
    }

    private sealed class Program;
}

internal sealed record Order(Guid Id);

public sealed record ParcelRequested
{
    public required Guid OrderId { get; init; }
}
