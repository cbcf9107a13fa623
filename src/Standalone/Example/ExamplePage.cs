using System.Text;
using Messaging.Api.Home;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.Dashboard;
using Microsoft.Extensions.Options;

namespace Messaging.Standalone.Example;

/// <summary>
/// <c>GET /example</c>: a page as an application of yours may have it. Its form registers, and <c>&lt;task-progress&gt;</c> of the dashboard shows what
/// becomes of it. Its content security policy allows nothing but files of this origin.
/// </summary>
internal static class ExamplePage
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapExample(this IEndpointRouteBuilder routes)
    {
        // Relative, so that it works behind a path base too.
        var dashboard = $"{routes.ServiceProvider.GetRequiredService<IOptions<DashboardOptions>>().Value.Path.Trim('/')}/";
        Map("/example", "example.html", "text/html; charset=utf-8").WithMetadata(new HomeLink("/example"));
        Map("/example/example.js", "example.js", "text/javascript; charset=utf-8");
        Map("/example/example.css", "example.css", "text/css; charset=utf-8");

        RouteHandlerBuilder Map(string at, string file, string type)
        {
            var content = Read(file);
            if (file.EndsWith(".html", StringComparison.Ordinal))
            {
                content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace("{dashboard}", dashboard, StringComparison.Ordinal));
            }

            return routes.MapMethods(at, [HttpMethods.Get, HttpMethods.Head], (HttpResponse response) =>
                {
                    response.Headers.ContentSecurityPolicy = Policy;
                    response.Headers["Referrer-Policy"] = "no-referrer";
                    return TypedResults.Bytes(content, type);
                })
                .LimitsAnonymous(RateLimitPolicies.Reads)
                .SetsSafeHeaders()
                .ExcludeFromDescription();
        }
    }

    private static byte[] Read(string file)
    {
        using var stream = typeof(ExamplePage).Assembly.GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
