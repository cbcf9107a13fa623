using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.MassTransit.Staging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.MassTransit.Hosting;

/// <summary>
/// Fails the start if the bus was registered again after <c>AddOutbox</c>, as <c>AddMassTransitTestHarness</c> does: published
/// messages would bypass the outbox.
/// </summary>
internal sealed class ReplacedBus(IServiceCollection services) : IValidateOptions<OutboxOptions>
{
    private readonly Lazy<bool> _isReplaced = new(() =>
        services.LastOrDefault(s => s.ServiceType == typeof(IScopedBusContextProvider<IBus>))?.ImplementationType != typeof(StagingBusContextProvider));

    public ValidateOptionsResult Validate(string? name, OutboxOptions options) => _isReplaced.Value
        ? ValidateOptionsResult.Fail(
            "The bus was registered again after AddOutbox, so published messages would bypass the outbox. " +
            "Call AddOutbox in the callback of the last registration as well: AddMassTransitTestHarness(x => x.AddOutbox()) " +
            "keeps the store that was selected before, and AddOutbox(o => o.UseSqlite(path)) selects another.")
        : ValidateOptionsResult.Success;
}
