using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.Migrations;
using Shop;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMassTransit(x =>
{
    x.AddConsumer<InvoiceRequestedConsumer>();
    x.AddOutbox(o => o.UseSqlite("shop.db"));
    x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
});
builder.Services.AddOutboxApi(operatorKeyFile: "operator.key");        // made at the first start; valid while no access key is configured
builder.Services.AddTaskType<InvoiceRequested>();                      // which operators may enqueue and schedule

var app = builder.Build();
await app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(app.Logger, CancellationToken.None);

app.UseOutboxApi();
app.MapOutbox();                                                       // the control API: /tasks, /queues, …
app.MapOutboxDashboard();                                              // /dashboard
app.MapOutboxGroup().MapPost("/orders/{id:guid}", (Guid id, IBackgroundTasks tasks) =>
    TaskAccepted.At(tasks.Add(new InvoiceRequested(id)).Id))           // committed with the answer
    .LimitsAnonymous(RateLimitPolicies.Accounts);                      // a route without a key needs a limit

app.Run();

namespace Shop                                                         // messages are named by their namespace
{
    public sealed record InvoiceRequested([property: SearchKey] Guid OrderId);

    internal sealed class InvoiceRequestedConsumer(ILogger<InvoiceRequestedConsumer> logger) : IConsumer<InvoiceRequested>
    {
        public Task Consume(ConsumeContext<InvoiceRequested> context)
        {
            logger.LogInformation("Invoice for {OrderId}", context.Message.OrderId);
            return Task.CompletedTask;
        }
    }
}
