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
using Messaging.Outbox.Pipeline;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Recovery;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Sagas;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Starting;
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
    /// Makes the scoped <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> write to the store, and sends
    /// what lies there. Every endpoint with a consumer or a saga gets the inbox: by <see cref="UseTransactionalOutbox"/> or
    /// <see cref="UseInstanceOutbox"/> where one of them is called, and by itself where none is, with <see cref="UseDelayedRedelivery"/> by the
    /// configured <see cref="RetryOptions"/> around it unless the endpoint has its own.
    /// </summary>
    /// <remarks>
    /// A job consumer has no inbox, since it runs on when its message is consumed. Neither has a consumer that was added past the registration
    /// (<c>endpoint.Consumer&lt;T&gt;()</c>): the log says so at the start, and what it stages is refused.
    /// </remarks>
    /// <param name="configurator">MassTransit's registration.</param>
    /// <param name="configure">
    /// Chooses the store. Over an application that has the outbox already, as in <c>services.AddMassTransitTestHarness(x => x.AddTransactionalOutbox())</c>,
    /// it may be left out: the store stays, sagas keep their state where they had it, and what belonged to the transport that is replaced goes.
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
    /// Tries a message whose attempt failed again, within its delivery and later, as a row of the outbox, as long as <paramref name="options"/> allow.
    /// Has to come before <see cref="UseTransactionalOutbox"/>.
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
    /// Gives the endpoint's consumers the inbox: what a consumer stages, publishes and sends is committed in one transaction
    /// with the fact that it consumed the message, so that a duplicate has no effect. What is given up has its task Failed
    /// and becomes a dead letter. Has to come last.
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
    /// The same for a queue that one process has to itself and that goes with it, so that each of several processes gets every
    /// message: each has an inbox key of its own, and the first that is done ends the task. Nothing is kept that would outlive the
    /// queue: it is not among the queues that are reported, what is given up becomes no dead letter - there would be nowhere to
    /// send it again - and its task is Failed only as long as no other process has succeeded. Has to come last.
    /// </summary>
    /// <remarks>
    /// <see cref="UseDelayedRedelivery"/> goes before it with <see cref="RetryOptions.DelayedRetries"/> at 0: a later attempt
    /// would be addressed to a queue that may be gone by then. It still holds a delivery while the database is out of reach.
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

    /// <summary>What belongs to the process.</summary>
    private static void AddServices(this IBusRegistrationConfigurator configurator)
    {
        configurator.TryAddSingleton(TimeProvider.System);
        configurator.TryAddSingleton(provider => new StoreClock(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IStoreTime>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.ClockTolerance));
        configurator.AddHostedService(provider => new MissingServicesCheck(configurator, provider));
        configurator.AddHostedService<StoreClockKeeper>(); // first: the others store what time it is
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

    /// <summary>What belongs to one request, or to one message.</summary>
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
