using Microsoft.AspNetCore.Authentication;

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
        services.AddAuthentication(ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddLogging(logging => logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning)); // no log line for each anonymous request
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessRoles.Read, policy => policy.RequireRole(AccessRoles.Read, AccessRoles.Operate))
            .AddPolicy(AccessRoles.Operate, policy => policy.RequireRole(AccessRoles.Operate));
    }
}
