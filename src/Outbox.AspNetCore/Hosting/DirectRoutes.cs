using System.Reflection;
using Messaging.Outbox.Staging;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace Messaging.Outbox.AspNetCore.Hosting;

/// <summary>Warns of handlers and controllers that take the bus itself (<see cref="DirectSenders"/>).</summary>
internal sealed class DirectRoutes : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app); // maps the routes
        app.ApplicationServices.GetService<DirectSenders>()?.Warn(
            app.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => (OpenRoutes.NameOf(endpoint), NeedsOf(endpoint))));
    };

    private static IEnumerable<Type> NeedsOf(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
            ? action.ControllerTypeInfo.GetConstructors().Append<MethodBase>(action.MethodInfo).SelectMany(Parameters)
            : endpoint.Metadata.OfType<MethodInfo>().SelectMany(Parameters);

    private static IEnumerable<Type> Parameters(MethodBase method) => method.GetParameters().Select(parameter => parameter.ParameterType);
}
