using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Hosting;

/// <summary>Handlers that publish past the outbox.</summary>
public sealed class DirectRouteTests
{
    [Fact]
    public async Task Routes_that_take_the_bus_are_named_at_the_start()
    {
        using var log = new LogCapture();

        await using var app = await LibraryApp.StartAsync(
            routes =>
            {
                routes.MapOutboxGroup().MapPost("/direct", (IBus _) => "").LimitsAnonymous(RateLimitPolicies.Accounts);
                routes.MapPost("/outside", (IBus _) => "");
                routes.MapPost("/staged", (IPublishEndpoint _) => "");
                routes.MapControllers();
            },
            services =>
            {
                services.AddLogging(logging => logging.AddProvider(log));
                services.AddControllers().AddApplicationPart(typeof(DirectRouteTests).Assembly);
            });

        Assert.StartsWith(
            "The bus itself is taken by POST /direct, POST /outside, POST direct-controller: ",
            Assert.Single(log.Lines, line => line.StartsWith("The bus itself", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }
}

/// <summary>A controller that takes the bus.</summary>
[ApiController, Route("direct-controller")]
public sealed class DirectController(IBus bus) : ControllerBase
{
    /// <summary>Publishes past the outbox.</summary>
    [HttpPost]
    public Task PublishAsync() => bus.Publish(new LibraryAppTests.ThingMade("a"));
}
