using System.Security.Claims;
using Messaging.Outbox.AspNetCore.Masking;
using Microsoft.AspNetCore.Authentication;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Which routes need a key, and who the caller is.</summary>
internal static class AccessExtensions
{
    public const string Anonymous = "anonymous";

    private const string OpenOnLoopbackIsGone =
        "Access:OpenOnLoopback is no setting any more: behind a reverse proxy every caller comes from this machine. Remove it. "
        + "Without configured keys Standalone makes one, in the file operator.key of its data folder; elsewhere configure Access:Keys.";

    /// <summary>Adds the keys (<see cref="AccessOptions"/>), and what the routes ask of them.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="operatorKeyFile">Where the process keeps a key of its own while none is configured; null for none.</param>
    public static void AddAccess(this IServiceCollection services, string? operatorKeyFile)
    {
        var options = services.AddOptions<AccessOptions>().ValidateDataAnnotations().ValidateOnStart()
            .Validate<IConfiguration>((_, settings) => settings["Access:OpenOnLoopback"] is null, OpenOnLoopbackIsGone);
        if (operatorKeyFile is not null)
        {
            options.PostConfigure(access => access.Local = access.Keys.Count == 0 ? OperatorKeyFile.ReadOrCreate(operatorKeyFile) : null);
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<OperatorKeyNotice>(provider, operatorKeyFile));
        }

        services.AddSingleton<ApiKeys>();
        services.AddAuthentication(ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddLogging(logging => logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning)); // not a line for each anonymous request
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessRoles.Read, policy => policy.RequireRole(AccessRoles.Read, AccessRoles.Operate))
            .AddPolicy(AccessRoles.Operate, policy => policy.RequireRole(AccessRoles.Operate));
    }

    /// <summary>The route needs a key with any role; to one that may not operate it shows no address.</summary>
    public static TBuilder RequireRead<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.Read).MasksAddresses();

    /// <summary>The route needs a key with the role <c>operate</c>.</summary>
    public static TBuilder RequireOperate<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.Operate);

    /// <summary>Whether the caller has an access key, whatever its role.</summary>
    public static bool HasKey(this HttpContext context) => context.User.Identity?.IsAuthenticated == true;

    /// <summary>The name of the caller's key, <c>local</c>, or <c>anonymous</c> on a route that needs no key.</summary>
    public static string Who(this HttpContext context) => context.User.FindFirstValue(ClaimTypes.Name) ?? Anonymous;

    private static TBuilder Require<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(policy)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
