using MassTransit;
using Messaging.Bench.MassTransitOutbox;
using Messaging.Bench.Peers;
using Microsoft.EntityFrameworkCore;

// api PORT AMQP-URI CONNECTION-STRING: requests whose messages stay in the outbox. consumer AMQP-URI CONNECTION-STRING: messages that go through the inbox.
return args switch
{
    ["api", var port, var broker, var database] => await ServeAsync(port, broker, database),
    ["consumer", var broker, var database] => await ConsumeAsync(broker, database),
    _ => 2,
};

static async Task<int> ServeAsync(string port, string broker, string database)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
    AddBus(builder, broker, database, consumes: false);
    var app = builder.Build();
    await using (var scope = app.Services.CreateAsyncScope())
    {
        await scope.ServiceProvider.GetRequiredService<BenchContext>().MakeTablesAsync();
    }

    app.MapPost("/register", async (Registration request, BenchContext context, IPublishEndpoint publish) =>
    {
        var id = Guid.CreateVersion7();
        context.Add(new User(id, request.Email, DateTimeOffset.UtcNow));
        await publish.Publish(new WriteEntry { Id = Guid.CreateVersion7(), Message = $"registered {id}" });
        await context.SaveChangesAsync();
        return TypedResults.Accepted((string?)null, new Answer(id));
    });
    app.MapPost("/log", async (Entry request, BenchContext context, IPublishEndpoint publish) =>
    {
        var id = Guid.CreateVersion7();
        await publish.Publish(new WriteEntry { Id = id, Message = request.Message });
        await context.SaveChangesAsync();
        return TypedResults.Accepted((string?)null, new Answer(id));
    });
    app.MapGet("/health/ready", () => TypedResults.Ok());
    await app.RunAsync();
    return 0;
}

static async Task<int> ConsumeAsync(string broker, string database)
{
    var builder = Host.CreateApplicationBuilder();
    AddBus(builder, broker, database, consumes: true);
    using var host = builder.Build();
    await using (var scope = host.Services.CreateAsyncScope())
    {
        await scope.ServiceProvider.GetRequiredService<BenchContext>().MakeTablesAsync();
    }

    await host.RunAsync();
    return 0;
}

static void AddBus(IHostApplicationBuilder builder, string broker, string database, bool consumes)
{
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder.Services.AddDbContextPool<BenchContext>(options => options.UseNpgsql(database));
    builder.Services.AddMassTransit(x =>
    {
        x.DisableUsageTelemetry();
        x.AddEntityFrameworkOutbox<BenchContext>(outbox =>
        {
            outbox.UsePostgres();
            if (!consumes)
            {
                outbox.UseBusOutbox(bus => bus.DisableDeliveryService()); // what is measured is the request; this project's does not dispatch, either
            }
        });
        if (consumes)
        {
            x.AddConsumer<EntryConsumer>();
        }

        x.UsingRabbitMq((context, rabbit) =>
        {
            rabbit.Host(new Uri(broker));
            if (consumes)
            {
                rabbit.ReceiveEndpoint("peer-entries", endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.PrefetchCount = 64;
                    endpoint.ConcurrentMessageLimit = 32;
                    endpoint.UseEntityFrameworkOutbox<BenchContext>(context);
                    endpoint.ConfigureConsumer<EntryConsumer>(context);
                });
            }
        });
    });
}
