using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Messaging.Api.Access;

/// <summary>Which routes need a key, and who the caller is.</summary>
internal static class AccessExtensions
{
    public const string Anonymous = "anonymous";

    /// <summary>Adds the keys of the section <c>Access</c>, and what the routes ask of them.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="openOnLoopback">The default of <see cref="AccessOptions.OpenOnLoopback"/>.</param>
    public static void AddAccess(this WebApplicationBuilder builder, bool openOnLoopback)
    {
        builder.Services.AddOptions<AccessOptions>()
            .Configure(options => options.OpenOnLoopback = openOnLoopback)
            .BindConfiguration("Access")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddAuthentication(ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        builder.Logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning); // not a line for each request of a stranger
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(AccessRoles.Read, policy => policy.RequireRole(AccessRoles.Read, AccessRoles.Operate))
            .AddPolicy(AccessRoles.Operate, policy => policy.RequireRole(AccessRoles.Operate));
    }

    /// <summary>The route needs a key with any role.</summary>
    public static TBuilder RequireRead<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.Read);

    /// <summary>The route needs a key with the role <c>operate</c>.</summary>
    public static TBuilder RequireOperate<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.Operate);

    /// <summary>The name of the caller's key, <c>loopback</c>, or <c>anonymous</c> on a route that needs no key.</summary>
    public static string Who(this HttpContext context) => context.User.FindFirstValue(ClaimTypes.Name) ?? Anonymous;

    private static TBuilder Require<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(policy)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
