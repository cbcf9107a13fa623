using System.Security.Claims;
using Messaging.Outbox.AspNetCore.Masking;
using Microsoft.AspNetCore.Authentication;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Configures which routes need an access key, and identifies the caller.</summary>
internal static class AccessExtensions
{
    public const string Anonymous = "anonymous";

    private const string OpenOnLoopbackIsGone =
        "Access:OpenOnLoopback is no longer a setting: behind a reverse proxy every caller comes from this machine. Remove it. "
        + "Without configured keys Standalone creates one in the file operator.key of its data folder; otherwise configure Access:Keys.";

    /// <summary>Adds authentication by access keys (<see cref="AccessOptions"/>) and the policies of the routes.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="operatorKeyFile">The file of the key that the process creates while none is configured; null for no such key.</param>
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
        // otherwise it logs a line for each anonymous request
        services.AddLogging(logging => logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning));
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessRoles.Read, policy => policy.RequireRole(AccessRoles.Read, AccessRoles.Operate))
            .AddPolicy(AccessRoles.Operate, policy => policy.RequireRole(AccessRoles.Operate));
    }

    /// <summary>Requires a key of any role. The answers to keys that may not operate have mail addresses masked.</summary>
    public static TBuilder RequireRead<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.Read).MasksAddresses();

    /// <summary>Requires a key with the role <c>operate</c>.</summary>
    public static TBuilder RequireOperate<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.Operate);

    /// <summary>Whether the caller has an access key, whatever its role.</summary>
    public static bool HasKey(this HttpContext context) => context.User.Identity?.IsAuthenticated == true;

    /// <summary>The name of the caller's key; <c>local</c> for the operator's key; <c>anonymous</c> on a route that needs no key.</summary>
    public static string Who(this HttpContext context) => context.User.FindFirstValue(ClaimTypes.Name) ?? Anonymous;

    private static TBuilder Require<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(policy)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
