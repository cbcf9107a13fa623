using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>
/// Refuses a bus that was registered once more after the outbox, as <c>AddMassTransitTestHarness</c> does over an application: what is published
/// would go past the outbox.
/// </summary>
internal sealed class ReplacedBus(IServiceCollection services) : IValidateOptions<OutboxOptions>
{
    private readonly Lazy<bool> _isReplaced = new(() =>
        services.LastOrDefault(s => s.ServiceType == typeof(IScopedBusContextProvider<IBus>))?.ImplementationType != typeof(StagingBusContextProvider));

    public ValidateOptionsResult Validate(string? name, OutboxOptions options) => _isReplaced.Value
        ? ValidateOptionsResult.Fail(
            "The bus was registered again after AddOutbox, and what is published would go past the outbox. " +
            "Call AddOutbox in the callback of the last registration as well: AddMassTransitTestHarness(x => x.AddOutbox()) " +
            "keeps the store that was chosen before, and AddOutbox(o => o.UseSqlite(path)) takes another.")
        : ValidateOptionsResult.Success;
}
