using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Messaging.Outbox.AspNetCore.Access;

/// <summary>Adds the access keys.</summary>
internal static class AccessServices
{
    /// <summary>Adds access keys (<see cref="AccessOptions"/>) and the authorization of the routes.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="operatorKeyFile">The file for the key that the process creates while none is configured; null for none.</param>
    public static void AddAccess(this IServiceCollection services, string? operatorKeyFile)
    {
        var options = services.AddOptions<AccessOptions>().ValidateDataAnnotations().ValidateOnStart();
        if (operatorKeyFile is not null)
        {
            options.PostConfigure(access =>
            {
                access.Local = access.Keys.Count == 0 ? OperatorKeyFile.ReadOrCreate(operatorKeyFile) : null;
                access.LocalFile = Path.GetFileName(operatorKeyFile);
            });
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<OperatorKeyNotice>(provider, operatorKeyFile));
        }

        services.AddSingleton<ApiKeys>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<HostUsers>();
        services.AddHostedService(provider => provider.GetRequiredService<HostUsers>());
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddLogging(logging => logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning)); // no log line for each anonymous request
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessRoles.ReadPolicy, policy => policy.RequireKey(AccessRoles.Read, AccessRoles.Operate))
            .AddPolicy(AccessRoles.OperatePolicy, policy => policy.RequireKey(AccessRoles.Operate));
        services.PostConfigure<AuthenticationOptions>(KeepDefaultScheme);
    }

    /// <summary>Another scheme of the application may require the route too, so the role must be that of the key.</summary>
    private static void RequireKey(this AuthorizationPolicyBuilder policy, params string[] roles) =>
        policy.AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireAssertion(context => CallerKey.Has(context.User, roles));

    /// <summary>ASP.NET Core takes the only scheme of an application as the default; it stays the default beside ours.</summary>
    private static void KeepDefaultScheme(AuthenticationOptions options)
    {
        if (options.DefaultScheme is null && options.Schemes.Where(scheme => scheme.Name != ApiKeyHandler.SchemeName).ToList() is [var only])
        {
            options.DefaultScheme = only.Name;
        }
    }
}
