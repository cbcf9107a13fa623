using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Messaging.Api.Reference;

/// <summary>What the API says of itself: the OpenAPI document, and a page to try it out (<c>/scalar</c>).</summary>
internal static class ReferenceModule
{
    private static readonly Dictionary<string, string> UseCases = new()
    {
        ["Register"] = "An account for an e-mail address.",
        ["Passwords"] = "A forgotten password is set by a link that is mailed.",
        ["Logs"] = "A log of what happened, written by tasks.",
        ["Exports"] = "Long work in parts: a file of all that the log has.",
        ["Users"] = "Profiles, which each API process keeps in a cache.",
        ["Uploads"] = "Files, and the thumbnails that tasks make of them.",
        ["Data"] = "How much there is, at a glance.",
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
                document.Info.Description = "Answers at once; a worker does what remains. Follow it under /tasks/{id}.";
                document.Servers = [new() { Url = "/" }]; // where the document came from, whatever name the first caller used
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
            .DisableDefaultFonts() // nothing on the page calls elsewhere
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

    /// <summary>Only the page's own scripts run, it loads nothing from elsewhere, and no other page frames it. Its script sets styles.</summary>
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
