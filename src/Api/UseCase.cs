using MassTransit;

namespace Messaging.Api;

/// <summary>What the API has of a use case.</summary>
/// <param name="Map">Its routes.</param>
/// <param name="Add">Its services and settings.</param>
/// <param name="Consume">What every API process hears for itself.</param>
/// <param name="Before">What it does with every request, before anything else does.</param>
internal sealed record UseCase(
    Action<IEndpointRouteBuilder> Map,
    Action<WebApplicationBuilder>? Add = null,
    Action<IBusRegistrationConfigurator>? Consume = null,
    Action<WebApplication>? Before = null);
