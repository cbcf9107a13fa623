using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

public sealed class ZzDump : DefaultOutboxSuite
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public async Task Dump()
    {
        using var host = await StartAsync(x => { x.AddConsumer<HeardConsumer>(); x.AddConsumer<Other>(); }, (context, bus) => {
            bus.ReceiveEndpoint("one", e => { e.UseOutbox(context); e.ConfigureConsumer<HeardConsumer>(context); e.ConfigureConsumer<Other>(context); });
            bus.ReceiveEndpoint("two", e => { e.UseOutbox(context); e.UseForeignOutbox(context); e.ConfigureConsumer<HeardConsumer>(context); e.ConfigureConsumer<Other>(context); });
            bus.ReceiveEndpoint("three", e => { e.WithoutOutbox(context); e.UseForeignOutbox(context); e.ConfigureConsumer<HeardConsumer>(context);  });
        });
        System.IO.File.WriteAllText("/tmp/probe-m.json", host.Services.GetRequiredService<IBusControl>().GetProbeResult().ToJsonString());
    }

    public sealed class Other : IConsumer<Heard> { public Task Consume(ConsumeContext<Heard> context) => Task.CompletedTask; }
}
