using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Profiles;

/// <summary><c>/users</c>: profiles, cached by each API process until it receives a change event.</summary>
internal static class ProfilesModule
{
    public static void AddProfiles(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ProfileOptions>("Profiles");
        builder.Services.AddOptions<MemoryCacheOptions>().Configure<IOptions<ProfileOptions>>(
            (memory, options) => memory.SizeLimit = options.Value.CacheBytes);
        builder.Services.AddHybridCache();
        builder.Services.AddSingleton<ProfileReader>();
        builder.Services.AddSingleton<ProfileCache>();
    }

    public static void AddProfileConsumers(this IBusRegistrationConfigurator configurator) => configurator.AddInstanceConsumer<ProfileChangedConsumer>();

    public static void MapProfiles(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/users").WithTags("Users").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapListProfiles();
        read.MapGetProfile();

        var operate = routes.MapGroup("/users").WithTags("Users").RequireOperate();
        operate.MapChangeProfile();
    }

    public static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no user {id}.", statusCode: StatusCodes.Status404NotFound);
}
