using MassTransit;

namespace Messaging.Api;

/// <summary>The API's part of a use case.</summary>
/// <param name="Map">Its routes.</param>
/// <param name="Add">Its services and settings.</param>
/// <param name="Consume">Consumers that every API process has for itself.</param>
/// <param name="Before">Middleware that runs before all other middleware.</param>
internal sealed record UseCase(
    Action<IEndpointRouteBuilder> Map,
    Action<WebApplicationBuilder>? Add = null,
    Action<IBusRegistrationConfigurator>? Consume = null,
    Action<WebApplication>? Before = null);
