using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Messaging.ServiceDefaults.Reference;

/// <summary>Serves the OpenAPI document, and a page to try the API (<c>/scalar</c>).</summary>
public static class ReferenceExtensions
{
    // The page's script has 5 MB, and each response in progress takes up to 130 KB of memory, also while its caller reads nothing.
    private const int MaxConcurrentPages = 20;

    /// <summary>Adds the document of the control API, and the section <c>Reference</c>.</summary>
    public static void AddReference(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ReferenceOptions>("Reference");
        builder.Services.AddOutboxOpenApi();
    }

    /// <summary>Maps <c>/openapi/v1.json</c> and <c>/scalar</c>, for the callers that the section <c>Reference</c> says.</summary>
    public static void MapReference(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<IOptions<ReferenceOptions>>().Value.Access;
        if (access == ReferenceAccess.Off)
        {
            return;
        }

        var document = app.MapOutboxOpenApi();
        var page = app.MapScalarApiReference(options => options
            .DisableDefaultFonts() // the page makes no requests to other hosts
            .DisableTelemetry()
            .DisableAgent()
            .HideClientButton()
            .HideDeveloperTools()
            .WithNonce());
        page.AddEndpointFilter(SetPolicyAsync);
        page.LimitsConcurrency(MaxConcurrentPages).LimitsAnonymous(RateLimitPolicies.Reads).SetsSafeHeaders();
        if (access == ReferenceAccess.Keyed)
        {
            document.RequireRead();
            page.RequireRead();
        }
    }

    /// <summary>
    /// Only the page's own scripts run, it loads nothing from other hosts, and no other page may frame it. Its script sets
    /// styles.
    /// </summary>
    private static async ValueTask<object?> SetPolicyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.OnStarting(() =>
        {
            var nonce = http.Items.TryGetValue(ScalarOptions.NonceHttpContextItemKey, out var value) ? $" 'nonce-{value}'" : "";
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self'{nonce}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                + "connect-src 'self'; worker-src 'self' blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
            return Task.CompletedTask;
        });
        return await next(context);
    }
}
