using MassTransit;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>Warns of consumers and other registered classes of the application that take MassTransit's bus (<see cref="DirectSenders"/>).</summary>
internal sealed class DirectBusCheck(IServiceCollection services, DirectSenders direct) : StartCheck
{
    private static readonly string[] Libraries = ["MassTransit", "Messaging.Outbox"];

    public static void AddTo(IServiceCollection services) => services
        .AddSingleton<DirectSenders>()
        .AddSingleton(new DirectSender(typeof(IBus)))
        .AddSingleton(new DirectSender(typeof(IBusControl)))
        .AddHostedService(provider => new DirectBusCheck(services, provider.GetRequiredService<DirectSenders>()));

    protected override void Check() => direct.Warn(services
        .Select(service => service.IsKeyedService ? service.KeyedImplementationType : service.ImplementationType)
        .OfType<Type>()
        .Where(IsOfApplication)
        .Select(type => (ServiceNeeds.Name(type), type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.ParameterType))));

    private static bool IsOfApplication(Type type) =>
        !Libraries.Any(library => type.Namespace == library || type.Namespace?.StartsWith($"{library}.", StringComparison.Ordinal) == true);
}
