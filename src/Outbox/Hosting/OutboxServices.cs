using System.Diagnostics.Metrics;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Bulk;
using Messaging.Outbox.Clock;
using Messaging.Outbox.Control;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Effects;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Feed;
using Messaging.Outbox.Figures;
using Messaging.Outbox.History;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Overview;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Pipelines;
using Messaging.Outbox.Processes;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Reasons;
using Messaging.Outbox.Recovery;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Sessions;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;
using Messaging.Outbox.Undelivered;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Hosting;

/// <summary>Registers the services of the outbox that depend neither on a database nor on a bus.</summary>
internal static class OutboxServices
{
    public static bool HasOutbox(this IServiceCollection services) => services.Any(s => s.ServiceType == typeof(GroupCommitter));

    public static void AddOutboxServices(this IServiceCollection services)
    {
        services.AddStaging();
        services.AddExecution();
        services.AddQueues();
        services.AddSigning();
        services.AddPayloads();
        services.AddReaders();
        services.AddSchedules();
        services.AddLoops();
        services.AddSingleton<OutboxPipelines>();
        services.AddScopedServices();
    }

    /// <summary>Registers the clock, the group commit and the store for refused messages.</summary>
    private static void AddStaging(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new StoreClock(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IStoreTime>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.ClockTolerance));
        services.AddHostedService<StoreClockKeeper>(); // first, because the others store times
        services.AddSingleton<TelemetryFailures>();
        services.AddSingleton(provider =>
        {
            _ = provider.GetRequiredService<TelemetryFailures>(); // which logs from now on
            return new OutboxMetrics(provider.GetService<IMeterFactory>());
        });
        services.AddSingleton<ReporterLease>();
        services.AddSingleton<GroupCommitter>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<RefusedMessages>();
    }

    /// <summary>Registers the lifecycle of deliveries and executions.</summary>
    private static void AddExecution(this IServiceCollection services)
    {
        services.AddSingleton<InboxLookup>();
        services.AddSingleton<InFlightMessages>();
        services.AddSingleton<RunningTasks>();
        services.AddSingleton<InterruptedDeliveries>();
        services.AddSingleton<QuarantineGate>();
        services.AddSingleton<EffectTimes>();
        services.AddSingleton<ExecutionMetrics>();
        services.AddSingleton<Lifecycle>();
        services.AddSingleton<ExecutionStart>();
        services.AddSingleton<ExecutionCommit>();
        services.AddSingleton<FailedExecutions>();
        services.AddSingleton<DeliveryLifecycle>();
        services.AddSingleton<HeldAttempts>();
        services.AddSingleton<Deferral>();
        services.AddSingleton<DeadLettering>();
        services.AddSingleton<ExceptionNames>();
        services.AddSingleton<UniqueTasks>();
        services.AddSingleton<DeadLetterFactory>();
        services.AddSingleton<CancelledMessages>();
    }

    /// <summary>Registers the directory of queues and consumers, and the purge.</summary>
    private static void AddQueues(this IServiceCollection services)
    {
        services.AddSingleton<ConsumerRegistry>();
        services.AddSingleton<QueueEndpoints>();
        services.AddSingleton<QueueDirectory>();
        services.AddSingleton<IQueueStore, QueueStore>();
        services.TryAddSingleton(provider => ServiceIdentity.Of(
            provider.GetService<IHostEnvironment>()?.ApplicationName ?? AppDomain.CurrentDomain.FriendlyName));
        services.AddSingleton<IProcessStore, ProcessStore>();
        services.AddSingleton<QueuePurge>();
        services.AddSingleton<UnsubscribedEvents>();
    }

    /// <summary>Registers the signing of messages.</summary>
    private static void AddSigning(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<OutboxOptions>, SigningOptionsCheck>();
        services.AddSingleton<MessageSigner>();
    }

    /// <summary>Registers what is kept of messages.</summary>
    private static void AddPayloads(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<OutboxOptions>, PayloadOptionsCheck>();
        services.AddSingleton<MessageTypes>();
        services.AddSingleton<TransitBodies>();
        services.AddSingleton<EditedBodies>();
        services.AddSingleton<ISearchKeyNames>(provider => provider.GetRequiredService<MessageTypes>());
        services.AddHostedService<MessageTypesCheck>();
        services.AddSingleton<TaskContents>();
        services.AddSingleton<RunAgainRules>();
        services.AddSingleton<TaskPayloads>();
        services.AddSingleton<ITaskPayloads>(provider => provider.GetRequiredService<TaskPayloads>());
    }

    /// <summary>Registers the queries, why tasks are not running, the event streams, the storage reserve and the health check.</summary>
    private static void AddReaders(this IServiceCollection services)
    {
        services.AddSingleton<IStoreReader, StoreReader>();
        services.AddSingleton<OutboxReader>();
        services.AddSingleton<ITaskStore, TaskStore>();
        services.AddSingleton<TaskCounts>();
        services.AddSingleton<DeadLetterCounts>();
        services.AddSingleton<RedriveQueues>();
        services.AddSingleton<TaskSuggestions>();
        services.AddSingleton<FeedPoll>();
        services.AddSingleton<ITaskFeed, TaskFeed>();
        services.AddSingleton<IAuditLog, AuditLog>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<LiveSessions>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<HistoryReader>();
        services.AddSingleton<RunningTaskReader>();
        services.AddSingleton<IStorageReserve, StorageReserve>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<ServiceStatusReader>();
        services.AddSingleton<QueueDepthReader>();
        services.AddSingleton<ISharedReadings>(provider => provider.GetRequiredService<ServiceStatusReader>());
        services.AddSingleton<ISharedReadings>(provider => provider.GetRequiredService<QueueDepthReader>());
        services.AddSingleton<OutboxRows>();
        services.AddSingleton<SentMessages>();
        services.AddSingleton<OpenTasks>();
        services.AddSingleton<OpenReasons>();
        services.AddSingleton<ChainReasons>();
        services.AddSingleton<EndedReasons>();
        services.AddSingleton<ITaskReasons, TaskReasons>();
        services.AddSingleton<TimelineRowReader>();
        services.AddSingleton<GraphReader>();
        services.AddSingleton<ITaskHistory, TaskHistory>();
        services.AddSingleton(provider => new StoreHealthCheck(provider.GetRequiredService<IStoreHealth>()));
    }

    /// <summary>Registers the schedules and the task types.</summary>
    private static void AddSchedules(this IServiceCollection services)
    {
        services.TryAddTaskTypes();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<ScheduleRunReader>();
        services.AddSingleton<ScheduleRepair>();
        services.AddSingleton<DueSchedules>();
        services.AddSingleton<ScheduleRunner>();
    }

    /// <summary>Registers the background services, in the order in which they start.</summary>
    private static void AddLoops(this IServiceCollection services)
    {
        services.AddSingleton<LostMessages>();
        services.AddHostedService<ClaimRelease>();
        services.AddSingleton<WrongDueTimes>();
        services.AddHostedService<OutboxDispatcher>();
        services.AddHostedService<RunningReporter>();
        services.AddHostedService<RetentionCleaner>();
        services.AddHostedService<LostMessageRecovery>();
        services.AddHostedService<SharedTaskSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleRunner>());
        services.AddSingleton<BulkSteps>();
        services.AddHostedService<BulkActionRunner>();
        services.AddHostedService<QueueAgent>();
        services.AddHostedService(provider => new StartNotice(
            provider.GetRequiredService<ServiceIdentity>(),
            provider.GetRequiredService<QueueEndpoints>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>(),
            provider.GetRequiredService<ILogger<StartNotice>>(),
            provider.GetService<IHostEnvironment>()));
        services.AddHostedService<EffectTimesWriter>();
        services.AddSingleton<QueueHistory>();
        services.AddSingleton<ShownFigures>();
        services.AddSingleton<OutboxGauges>();
        services.AddHostedService<FigureReporter>();
    }
}
