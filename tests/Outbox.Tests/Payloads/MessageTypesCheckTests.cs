using Messaging.Outbox.Payloads;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>What is checked at the start.</summary>
public sealed class MessageTypesCheckTests
{
    [Fact]
    public async Task A_wrong_key_of_a_registered_type_stops_the_start() =>
        await Assert.ThrowsAsync<OutboxConfigurationException>(() => StartAsync(new LogCapture(), typeof(MessagePlanTests.TwoKeys)));

    [Fact]
    public async Task A_setting_for_a_type_that_is_not_there_is_logged()
    {
        using var logs = new LogCapture();

        await StartAsync(logs, typeof(MessagePlanTests.Letter), "letter", "Lettre");

        Assert.StartsWith("Outbox:Payloads:Types has names of no message type that this process knows: Lettre;", Assert.Single(logs.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_048_577)]
    public void A_size_out_of_range_is_refused(int bytes)
    {
        var options = new OutboxOptions { Payloads = { MaxBytes = bytes, Types = { ["Letter"] = new() { MaxBytes = bytes } } } };

        var failures = new PayloadOptionsCheck().Validate(name: null, options).Failures!.ToList();

        Assert.Equal(2, failures.Count);
        Assert.StartsWith("Outbox:Payloads: ", failures[0], StringComparison.Ordinal);
        Assert.StartsWith("Outbox:Payloads:Types:Letter: ", failures[1], StringComparison.Ordinal);
    }

    private static Task StartAsync(LogCapture logs, Type registered, params string[] settings)
    {
        var options = new OutboxOptions();
        foreach (var name in settings)
        {
            options.Payloads.Types[name] = new PayloadTypeOptions { Keep = false };
        }

        return new MessageTypesCheck(
            new MessageTypes([new RegisteredTaskType(registered)], []),
            Options.Create(options),
            LoggerFactory.Create(builder => builder.AddProvider(logs)).CreateLogger<MessageTypesCheck>()).StartAsync(default);
    }
}
