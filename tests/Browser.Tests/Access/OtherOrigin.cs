using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Messaging.Browser.Tests.Access;

/// <summary>Somebody else's page, on a port of its own. Scripts of it may do what the browser lets them.</summary>
internal sealed class OtherOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtherOrigin(WebApplication app) => _app = app;

    private int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>The same site as the dashboard's, to which a browser sends the dashboard's cookie: only the port is another.</summary>
    public Uri SameSite => new($"http://127.0.0.1:{Port}/");

    /// <summary>Another site.</summary>
    public Uri CrossSite => new($"http://localhost:{Port}/");

    public static async Task<OtherOrigin> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<!doctype html><title>Elsewhere</title><p>Elsewhere</p>");
        });
        await app.StartAsync();
        return new OtherOrigin(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
