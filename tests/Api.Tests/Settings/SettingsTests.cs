using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Api.Tests.Settings;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Outbox:CommitTimeout", "soon")]
    [InlineData("Outbox:DispatchBatch", "many")]
    [InlineData("Outbox:DispatchBatch", "0")]
    [InlineData("Endpoints:user-registered:Concurrency", "many")]
    public void A_wrong_value_is_refused_without_a_stack_trace(string name, string value)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new(name, value)]);
        builder.AddMessagingOptions();
        builder.Services.AddOptions<Outbox.OutboxOptions>().ValidateDataAnnotations().ValidateOnStart();
        using var host = builder.Build();

        Assert.False(host.SettingsAreValid());
    }
}
