using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Fails the start if a consumer, a saga activity, a routing slip activity or a filter needs a service that is not registered.
/// Without this check, outside Development, every attempt of the first message would fail for it.
/// </summary>
internal sealed class MissingServicesCheck(IServiceCollection services, IServiceProvider provider) : StartCheck
{
    private static readonly Type[] Built = [typeof(IConsumer), typeof(IExecuteActivity), typeof(ICompensateActivity), typeof(IStateMachineActivity)];

    protected override void Check()
    {
        if (provider.GetService<IServiceProviderIsService>() is IServiceProviderIsKeyedService registered) // other containers may not implement it
        {
            var needs = new ServiceNeeds(services, registered);
            var missing = Classes().Distinct()
                .Select(type => needs.FindMissing(type) is { } what ? $"{ServiceNeeds.Name(type)} {what}." : null)
                .OfType<string>().ToList();
            if (missing.Count > 0)
            {
                throw new OutboxConfigurationException(string.Join(Environment.NewLine, missing));
            }
        }
    }

    private IEnumerable<Type> Classes()
    {
        foreach (var descriptor in services.Where(s => !s.IsKeyedService))
        {
            var type = descriptor.ImplementationType;
            if (type is { IsGenericTypeDefinition: false } && (Built.Any(type.IsAssignableTo) || IsFilter(type)))
            {
                yield return type;
            }
        }

        foreach (var machine in services.Select(s => s.ServiceType).Where(t => t.IsClass && t.IsAssignableTo(typeof(StateMachine))).Distinct())
        {
            if (provider.GetService(machine) is StateMachine stateMachine)
            {
                var activities = new StateMachineActivities();
                stateMachine.Accept(activities);
                foreach (var activity in activities.Types)
                {
                    yield return activity;
                }
            }
        }

        foreach (var filter in PipelineFilters.Of(provider.GetRequiredService<IBusControl>().GetProbeResult().Results))
        {
            yield return filter;
        }
    }

    internal static bool IsFilter(Type type) => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IFilter<>));
}
