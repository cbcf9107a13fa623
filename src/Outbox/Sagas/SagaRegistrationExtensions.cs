using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Messaging.Outbox.Sagas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>Where the state of sagas is kept.</summary>
public static class SagaRegistrationExtensions
{
    /// <summary>
    /// Keeps the saga's state in the outbox's database, as JSON in the table <c>sagas</c>, and commits it in one transaction with what the saga
    /// publishes and sends and with the fact that it consumed its message. So a duplicate has no effect, and a failure leaves nothing behind.
    /// </summary>
    /// <param name="configurator">The saga.</param>
    /// <param name="name">
    /// What the saga is called in the database. Default: the full name of its type. Instances are found under this name only, so a type that
    /// is renamed needs it.
    /// </param>
    /// <remarks>
    /// Events may be correlated by id, or by a property of the saga: <c>CorrelateBy(saga => saga.OrderNumber, context => context.Message.OrderNumber)</c>.
    /// Two events of one saga are consumed one after the other; over several processes the later one is consumed again if they meet.
    /// </remarks>
    public static ISagaRegistrationConfigurator<TSaga> OutboxRepository<TSaga>(this ISagaRegistrationConfigurator<TSaga> configurator, string? name = null)
        where TSaga : class, ISaga =>
        configurator.Repository(services => services.AddOutboxSaga<TSaga>(name ?? typeof(TSaga).FullName!));

    /// <summary>Keeps the state of all sagas that say nothing else in the outbox's database; see <see cref="OutboxRepository{TSaga}"/>.</summary>
    public static void SetOutboxSagaRepositoryProvider(this IRegistrationConfigurator configurator) =>
        configurator.SetSagaRepositoryProvider(new OutboxSagaRepositoryProvider());

    /// <summary>
    /// Allows that the saga's state is kept elsewhere than in the outbox's database, with a weaker promise: its state is not committed together
    /// with what it publishes and with the inbox. If the process ends, or the commit fails, in between, the state has changed, nothing was
    /// published, and the event is consumed once more. The saga has to cope with that by itself.
    /// </summary>
    public static ISagaRegistrationConfigurator<TSaga> AllowRepositoryOutsideOutbox<TSaga>(this ISagaRegistrationConfigurator<TSaga> configurator)
        where TSaga : class, ISaga =>
        configurator.Repository(services => services.TryAddSingleton<OutsideOutbox<TSaga>>());

    /// <summary>Has the last word again for the sagas that have their state in the outbox's database, after a test harness gave all of them an in-memory one.</summary>
    internal static void KeepOutboxSagas(this IServiceCollection services)
    {
        foreach (var type in services.Where(s => !s.IsKeyedService).Select(s => s.ImplementationInstance).OfType<ISagaType>().ToList())
        {
            type.AddTo(services);
        }
    }

    internal static void AddOutboxSaga<TSaga>(this IServiceCollection services, string name)
        where TSaga : class, ISaga
    {
        services.RemoveAll<SagaType<TSaga>>();
        services.AddSingleton(new SagaType<TSaga>(name));
        services.TryAddSingleton<SagaLocks>();
        services.RegisterLoadSagaRepository<TSaga, OutboxSagaRepository<TSaga>>();
        services.RegisterQuerySagaRepository<TSaga, OutboxSagaRepository<TSaga>>();
        services.RegisterSagaRepository<TSaga, SagaRows<TSaga>, SagaConsumeContextFactory<SagaRows<TSaga>, TSaga>, OutboxSagaRepository<TSaga>>();
        services.AddScoped<SagaRows<TSaga>>();
        services.AddScoped<SagaKeys<TSaga>>();
        services.TryAddSingleton<SagaJson<TSaga>>();
        services.TryAddSingleton(typeof(SagaStateName<TSaga>), SagaStateName<TSaga>.Implementation);
    }

    private sealed class OutboxSagaRepositoryProvider : ISagaRepositoryRegistrationProvider
    {
        public void Configure<TSaga>(ISagaRegistrationConfigurator<TSaga> configurator)
            where TSaga : class, ISaga =>
            configurator.OutboxRepository();
    }
}
