using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Messaging.Api.Reference;

/// <summary>Serves the OpenAPI document, and a page to try the API (<c>/scalar</c>).</summary>
internal static class ReferenceModule
{
    private static readonly Dictionary<string, string> UseCases = new()
    {
        ["Register"] = "An account for an e-mail address.",
        ["Passwords"] = "A forgotten password is set by a link that is mailed.",
        ["Logs"] = "A log of what happened, written by tasks.",
        ["Exports"] = "Exports of the log, as an example of long work in parts.",
        ["Users"] = "Profiles, which each API process keeps in a cache.",
        ["Uploads"] = "Files, and the thumbnails that tasks create of them.",
        ["Data"] = "The amount of data at a glance.",
    };

    public static void AddReference(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ReferenceOptions>("Reference");
        builder.Services.AddOutboxOpenApi(OpenApiFile.Name);
        builder.Services.AddOpenApi(OpenApiFile.Name, options =>
        {
            options.DescribeTags(UseCases);
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Messaging";
                document.Info.License = new() { Name = "MIT", Identifier = "MIT" };
                document.Info.Description = "Responds at once; a worker executes the rest. Follow a task at /tasks/{id}.";
                document.Servers = [new() { Url = "/" }]; // relative, so it does not depend on the host name of the first request
                return Task.CompletedTask;
            });
        });
    }

    public static void MapReference(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<IOptions<ReferenceOptions>>().Value.Access;
        if (access == ReferenceAccess.Off)
        {
            return;
        }

        var document = app.MapGet(OpenApiFile.Path, (HttpContext http, OpenApiFile file) => file.RespondAsync(http)).ExcludeFromDescription();
        var page = app.MapScalarApiReference(options => options
            .DisableDefaultFonts() // the page makes no requests to other hosts
            .DisableTelemetry()
            .DisableAgent()
            .HideClientButton()
            .HideDeveloperTools()
            .WithNonce());
        page.AddEndpointFilter(SetPolicyAsync);
        page.AddEndpointFilter(new ReferenceTurns(max: 20));
        document.AddEndpointFilter(new ReferenceTurns(max: 100));
        document.LimitsAnonymous(RateLimitPolicies.Reads);
        page.LimitsAnonymous(RateLimitPolicies.Reads);
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
