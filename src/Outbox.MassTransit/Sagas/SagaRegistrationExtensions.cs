using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Messaging.Outbox.MassTransit.Sagas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>Configures where the state of sagas is stored.</summary>
public static class SagaRegistrationExtensions
{
    /// <summary>
    /// Stores the saga's state in the outbox's database, as JSON in the table <c>sagas</c>. It is committed in one transaction
    /// with the messages that the saga publishes and sends, and with the inbox entry, so a duplicate event has no effect and a
    /// failed attempt changes nothing.
    /// </summary>
    /// <param name="configurator">The registration of the saga.</param>
    /// <param name="name">
    /// The saga's name in the database. Default: the full name of its type. Instances are found only under this name, so when the
    /// type is renamed, set its old name here.
    /// </param>
    /// <remarks>
    /// Events may be correlated by id, or by a property of the saga: <c>CorrelateBy(saga => saga.OrderNumber, context =>
    /// context.Message.OrderNumber)</c>. Events of one instance are consumed one after the other. If two processes consume events
    /// of it concurrently, the later commit is rolled back and its event is consumed again.
    /// </remarks>
    public static ISagaRegistrationConfigurator<TSaga> OutboxRepository<TSaga>(this ISagaRegistrationConfigurator<TSaga> configurator, string? name = null)
        where TSaga : class, ISaga =>
        configurator.Repository(services => services.AddOutboxSaga<TSaga>(name ?? typeof(TSaga).FullName!));

    /// <summary>
    /// Stores the state of every saga that has no other repository in the outbox's database
    /// (<see cref="OutboxRepository{TSaga}"/>).
    /// </summary>
    public static void SetOutboxSagaRepositoryProvider(this IRegistrationConfigurator configurator) =>
        configurator.SetSagaRepositoryProvider(new OutboxSagaRepositoryProvider());

    /// <summary>
    /// Allows the saga to store its state outside of the outbox's database. The state is then not committed in one transaction
    /// with published messages and the inbox entry. If the process ends, or the outbox's commit fails, after the state was stored,
    /// nothing is published and the event is consumed again with the changed state. The saga has to handle that.
    /// </summary>
    public static ISagaRegistrationConfigurator<TSaga> AllowRepositoryOutsideOutbox<TSaga>(this ISagaRegistrationConfigurator<TSaga> configurator)
        where TSaga : class, ISaga =>
        configurator.Repository(services => services.TryAddSingleton<OutsideOutbox<TSaga>>());

    /// <summary>
    /// Registers the outbox's saga repositories again, after a test harness has replaced them by in-memory ones.
    /// </summary>
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
