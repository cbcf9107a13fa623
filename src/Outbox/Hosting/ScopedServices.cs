using Messaging.Outbox.Bulk;
using Messaging.Outbox.Control;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Idempotency;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Hosting;

/// <summary>Registers the services with the lifetime of a request or a consumed message.</summary>
internal static class ScopedServices
{
    public static void AddScopedServices(this IServiceCollection services)
    {
        services.AddScoped<UnitOfWork>();
        services.AddScoped<IUnitOfWork>(provider => provider.GetRequiredService<UnitOfWork>());
        services.AddControlServices();
        services.AddScoped<TaskContext>();
        services.AddScoped(provider => new DeadLetterControl(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<ISqlDialect>(),
            provider.GetRequiredService<IStoreQueries>(),
            provider.GetRequiredService<EditedBodies>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>(),
            provider.GetRequiredService<StoreClock>()));
        services.AddScoped<TaskRunAgain>();
        services.AddScoped(provider => new TaskControl(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<ISqlDialect>(),
            provider.GetRequiredService<DeadLetterControl>(),
            provider.GetRequiredService<TaskRunAgain>(),
            provider.GetRequiredService<StoreClock>()));
        services.AddScoped<BulkTasks>();
        services.AddScoped<BulkDeadLetters>();
        services.AddScoped<BulkSubjects>();
        services.AddScoped<BulkActions>();
        services.AddScoped(provider => new IdempotentRequests(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<IStoreQueries>(),
            provider.GetRequiredService<IOptions<OutboxOptions>>(),
            provider.GetRequiredService<StoreClock>()));
        services.AddScoped(provider => new BackgroundTasks(
            provider.GetRequiredService<IMessageStager>(),
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<StoreClock>()));
        services.AddScoped(provider => new TaskSchedules(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<BackgroundTasks>(),
            provider.GetRequiredService<ScheduleStore>(),
            provider.GetRequiredService<TaskTypes>(),
            provider.GetRequiredService<StoreClock>()));
        services.AddScoped(provider => new QueueControl(
            provider.GetRequiredService<UnitOfWork>(),
            provider.GetRequiredService<QueuePurge>(),
            provider.GetRequiredService<StoreClock>()));
    }
}
