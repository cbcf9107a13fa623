using System.Diagnostics.Metrics;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Clock;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Feed;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.MassTransit.Endpoints;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.MassTransit.Sagas;
using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.MassTransit.Staging;
using Messaging.Outbox.MassTransit.Starting;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Recovery;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Adds the outbox to MassTransit's configuration.</summary>
internal static class OutboxConfigurationExtensions
{
    /// <summary>
    /// Makes the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> write to the store, and sends the
    /// stored messages. Every endpoint with a consumer or a saga gets the inbox: by <see cref="UseTransactionalOutbox"/> or
    /// <see cref="UseInstanceOutbox"/> if one of them is called, otherwise automatically, with <see cref="UseDelayedRedelivery"/>
    /// by the configured <see cref="RetryOptions"/> unless the endpoint has its own.
    /// </summary>
    /// <remarks>
    /// A job consumer has no inbox, since it continues to run after its message was consumed. A consumer that was not added by
    /// the registration (<c>endpoint.Consumer&lt;T&gt;()</c>) has none either.
    /// </remarks>
    /// <param name="configurator">MassTransit's registration.</param>
    /// <param name="configure">
    /// Selects the store. It can be omitted if the application has the outbox already: the store and the saga repositories stay,
    /// and the services of the replaced transport are removed.
    /// </param>
    internal static void AddTransactionalOutbox(this IBusRegistrationConfigurator configurator, Action<OutboxBuilder>? configure = null)
    {
        if (configurator.Any(s => s.ServiceType == typeof(GroupCommitter)) && !configurator.HasDefaultOutbox())
        {
            TransportServices.RemoveFrom(configurator);
            configurator.KeepOutboxSagas();
        }

        configurator.AddOptions<OutboxOptions>().ValidateDataAnnotations().ValidateOnStart();
        configure?.Invoke(new OutboxBuilder(configurator));
        if (!configurator.Any(s => s.ServiceType == typeof(IOutboxStore)))
        {
            throw new OutboxConfigurationException("The outbox has no store: write AddOutbox(o => o.UsePostgreSql(connectionString)) or AddOutbox(o => o.UseSqlite(path)).");
        }

        if (!configurator.Any(s => s.ServiceType == typeof(GroupCommitter)))
        {
            configurator.AddServices();
            configurator.AddScopedServices();
        }

        configurator.TryAddSingleton<IMessagePublisher, InMemoryPublisher>();
        configurator.TryAddSingleton<IQueueTransport, InMemoryQueueTransport>();
        configurator.AddDefaultOutbox();
        configurator.ReplaceScoped<IScopedBusContextProvider<IBus>, StagingBusContextProvider>();
        configurator.AddSingleton<IValidateOptions<OutboxOptions>>(new ReplacedBus(configurator));
    }

    /// <summary>
    /// Retries a message whose attempt failed, within its delivery and later as a row of the outbox, as
    /// <paramref name="options"/> allow. Must be called before <see cref="UseTransactionalOutbox"/>.
    /// </summary>
    internal static void UseDelayedRedelivery(
        this IReceiveEndpointConfigurator configurator, IRegistrationContext context, RetryOptions options)
    {
        var policies = context.GetRequiredService<EndpointPolicies>();
        context.GetRequiredService<ExceptionNames>().Check(options);
        policies.PipelineOf(configurator).Policy = options;
        policies.Of(configurator).HasRetries = true;
    }

    /// <summary>
    /// Adds the inbox to the endpoint's consumers: work that a consumer stages, publishes and sends is committed in one
    /// transaction with the record that it consumed the message, so a duplicate has no effect. If a message finally fails, its
    /// task is Failed and it becomes a dead letter. Must be called last.
    /// </summary>
    internal static void UseTransactionalOutbox(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
    {
        if (configurator.TryAddInbox(context, nameof(UseTransactionalOutbox)))
        {
            context.GetRequiredService<ConsumerRegistry>().Add(configurator.InputAddress);
            configurator.UseInbox(context);
            configurator.UseDeadLetters(context);
        }
    }

    /// <summary>
    /// The same for a queue that belongs to one process and is deleted with it, so that each of several processes gets every
    /// message: each has its own inbox key, and the first that finishes ends the task. Nothing is kept that would outlive the
    /// queue: it is not reported, a message that finally fails does not become a dead letter, because there would be no queue to
    /// send it to again, and the task is Failed only as long as no other process has succeeded. Must be called last.
    /// </summary>
    /// <remarks>
    /// Call <see cref="UseDelayedRedelivery"/> before, with <see cref="RetryOptions.DelayedRetries"/> at 0: a later attempt would
    /// be sent to a queue that may no longer exist. It still holds a delivery while the database is unavailable.
    /// </remarks>
    internal static void UseInstanceOutbox(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
    {
        if (configurator.TryAddInbox(context, nameof(UseInstanceOutbox)))
        {
            context.GetRequiredService<ConsumerRegistry>().AddInstance(configurator.InputAddress);
            configurator.UseInbox(context);
            configurator.UseNoDeadLetters(context);
        }
    }

    private static bool TryAddInbox(this IReceiveEndpointConfigurator configurator, IRegistrationContext context, string method)
    {
        if (!context.GetRequiredService<EndpointPolicies>().Of(configurator).TryAddInbox(method, ConsumerRegistry.QueueOf(configurator.InputAddress)))
        {
            return false;
        }

        context.GetRequiredService<ConsumerRegistry>().AddInbox(configurator.InputAddress);
        return true;
    }

    private static void UseInbox(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
    {
        configurator.UseSignatures(context, ConsumerRegistry.QueueOf(configurator.InputAddress));
        configurator.ConnectConsumerConfigurationObserver(
            new ConsumerRegistryObserver(configurator, context.GetRequiredService<ConsumerRegistry>()));
        configurator.ConnectSagaConfigurationObserver(new SagaConfigurationObserver(configurator, context));
        var inbox = new OutboxConsumePipeSpecificationObserver<TransactionalOutbox>(configurator, context);
        configurator.ConnectConsumerConfigurationObserver(inbox);
        configurator.ConnectSagaConfigurationObserver(inbox);
        configurator.ConnectConsumerConfigurationObserver(new ToldFailureObserver());
    }

    /// <summary>Registers the singletons and the hosted services.</summary>
    private static void AddServices(this IBusRegistrationConfigurator configurator)
    {
        configurator.TryAddSingleton(TimeProvider.System);
        configurator.TryAddSingleton(provider => new StoreClock(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IStoreTime>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.ClockTolerance));
        configurator.AddHostedService(provider => new MissingServicesCheck(configurator, provider));
        configurator.AddHostedService<StoreClockKeeper>(); // first: the others store the time
        configurator.AddSingleton<GroupCommitter>();
        configurator.AddSingleton<OutboxSignal>();
        configurator.AddSingleton<InboxLookup>();
        configurator.AddSingleton<InFlightMessages>();
        configurator.AddSingleton<RunningTasks>();
        configurator.AddSingleton<InterruptedDeliveries>();
        configurator.AddSingleton<QuarantineGate>();
        configurator.AddSingleton<Lifecycle>();
        configurator.AddSingleton<ExecutionStart>();
        configurator.AddSingleton<ExecutionCommit>();
        configurator.AddSingleton<FailedExecutions>();
        configurator.AddSingleton<DeliveryLifecycle>();
        configurator.AddSingleton<HeldAttempts>();
        configurator.AddSingleton<Deferral>();
        configurator.AddSingleton<DeadLettering>();
        configurator.AddSingleton<ConsumerIdentities>();
        configurator.AddSingleton<ExceptionNames>();
        configurator.AddSingleton<UniqueTasks>();
        configurator.AddSingleton<ConsumerRegistry>();
        configurator.AddSingleton(provider => new ConsumerQueues(provider.GetRequiredService<ConsumerRegistry>()));
        configurator.AddSingleton<QueueEndpoints>();
        configurator.AddSingleton<QueueDirectory>();
        configurator.AddSingleton<StagingEndpoints>();
        configurator.AddSingleton<DeadLetterFactory>();
        configurator.AddSingleton<CancelledMessages>();
        configurator.AddSingleton<IValidateOptions<OutboxOptions>, SigningOptionsCheck>();
        configurator.AddSingleton<MessageSigner>();
        configurator.AddSingleton(provider => new RefusedMessages(
            provider.GetRequiredService<IStoreQueries>(),
            provider.GetRequiredService<GroupCommitter>(),
            provider.GetRequiredService<DeadLetterFactory>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<RefusedMessages>>()));
        configurator.AddSingleton(provider => new UnsubscribedEvents(
            provider.GetService<IMeterFactory>(), provider.GetRequiredService<ILogger<UnsubscribedEvents>>()));
        configurator.AddSingleton<DispatchObservers>();
        configurator.AddSingleton<IMessageTransport, MessageSender>();
        configurator.AddSingleton<IStoreReader, StoreReader>();
        configurator.AddSingleton<OutboxReader>();
        configurator.AddSingleton<ITaskStore, TaskStore>();
        configurator.AddSingleton<FeedPoll>();
        configurator.AddSingleton<ITaskFeed, TaskFeed>();
        configurator.AddSingleton<IAuditLog, AuditLog>();
        configurator.AddSingleton<IStorageReserve, StorageReserve>();
        configurator.AddSingleton<IQueueStore, QueueStore>();
        configurator.AddSingleton<QueuePurge>();
        configurator.AddSingleton<LostMessages>();
        configurator.AddSingleton(provider => new StoreHealthCheck(provider.GetRequiredService<IStoreHealth>()));

        configurator.AddHostedService<QueueTransportCheck>();
        configurator.AddHostedService<OutboxDispatcher>();
        configurator.AddHostedService<RunningReporter>();
        configurator.AddHostedService<RetentionCleaner>();
        configurator.AddHostedService<LostMessageRecovery>();
        configurator.AddHostedService<SharedTaskSweep>();

        configurator.TryAddTaskTypes();
        configurator.AddSingleton<ScheduleStore>();
        configurator.AddSingleton<ScheduleRepair>();
        configurator.AddSingleton<ScheduleRunner>();
        configurator.AddHostedService(provider => provider.GetRequiredService<ScheduleRunner>());
        configurator.AddHostedService<QueueAgent>();
    }

    /// <summary>Registers the services of one request or message.</summary>
    private static void AddScopedServices(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddScoped<IMessageScope, ConsumedMessageScope>();
        configurator.AddScoped<IMessageStager, MessageStager>();
        configurator.AddScoped<UnitOfWork>();
        configurator.AddScoped<IUnitOfWork>(provider => provider.GetRequiredService<UnitOfWork>());
        configurator.AddScoped<TaskContext>();
        configurator.AddScoped(provider => new DeadLetterControl(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<ISqlDialect>(),
            provider.GetRequiredService<IStoreQueries>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>(),
            provider.GetRequiredService<StoreClock>()));
        configurator.AddScoped(provider => new TaskControl(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<ISqlDialect>(),
            provider.GetRequiredService<DeadLetterControl>(),
            provider.GetRequiredService<StoreClock>()));
        configurator.AddScoped(provider => new IdempotentRequests(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<IStoreQueries>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>(),
            provider.GetRequiredService<StoreClock>()));
        configurator.AddScoped(provider => new BackgroundTasks(
            provider.GetRequiredService<IMessageStager>(),
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<StoreClock>()));
        configurator.AddScoped(provider => new TaskSchedules(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<BackgroundTasks>(),
            provider.GetRequiredService<ScheduleStore>(),
            provider.GetRequiredService<TaskTypes>(),
            provider.GetRequiredService<StoreClock>()));
        configurator.AddScoped(provider => new QueueControl(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<QueuePurge>(),
            provider.GetRequiredService<StoreClock>()));
        configurator.AddScoped<IOutboxContextFactory<TransactionalOutbox>, ExecutionContextFactory>();
    }
}
