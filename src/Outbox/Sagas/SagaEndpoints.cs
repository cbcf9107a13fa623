using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Outbox.Sagas;

/// <summary>
/// Which sagas of this process are on which endpoint, and whether that has the inbox: without it a saga whose state is in the outbox's database
/// would store nothing, so the process does not start.
/// </summary>
internal sealed class SagaEndpoints(IServiceProvider provider) : IHostedService
{
    private readonly ConcurrentDictionary<(string Queue, Type Saga), bool> _hasInbox = new();

    public void Add(Uri endpoint, Type saga) => _hasInbox.TryAdd((ConsumerRegistry.QueueOf(endpoint), saga), value: false);

    public void AddWithInbox(Uri endpoint, Type saga) => _hasInbox[(ConsumerRegistry.QueueOf(endpoint), saga)] = true;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = provider.GetRequiredService<IBus>(); // which configures the endpoints
        foreach (var ((queue, saga), _) in _hasInbox.Where(e => !e.Value))
        {
            throw new ConfigurationException(
                $"The saga {saga.Name} keeps its state in the outbox's database, but its endpoint {queue} has no inbox, so nothing would be committed: "
                + "call UseTransactionalOutbox for it, in AddConfigureEndpointsCallback or in a SagaDefinition.");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Notes the sagas of an endpoint, whatever else it has.</summary>
    public sealed class Observer(IReceiveEndpointConfigurator endpoint, IServiceProvider provider) : ISagaConfigurationObserver
    {
        public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
            where TSaga : class, ISaga => Note<TSaga>();

        public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
            where TInstance : class, ISaga, SagaStateMachineInstance => Note<TInstance>();

        public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
            where TSaga : class, ISaga
            where TMessage : class
        {
        }

        private void Note<TSaga>()
            where TSaga : class, ISaga
        {
            if (provider.GetService<SagaType<TSaga>>() is not null)
            {
                provider.GetRequiredService<SagaEndpoints>().Add(endpoint.InputAddress, typeof(TSaga));
            }
        }
    }
}
