using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Names the spans of requests, and adds the attributes of the semantic conventions for HTTP (stability: Stable). ASP.NET Core makes these spans itself, but
/// without a route and a status, and OpenTelemetry's instrumentation costs each request more, also one that is not sampled (docs/decisions/0043). A request is
/// known by its route: its path, its query string and its caller's address are never recorded.
/// </summary>
internal sealed class RequestSpans : IStartupFilter
{
    /// <summary>The source of these spans.</summary>
    public const string Source = "Microsoft.AspNetCore";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (HttpContext http, RequestDelegate inner) =>
        {
            if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
            {
                return inner(http);
            }

            if (IsProbe(http.Request.Path))
            {
                Drop(span);
                return inner(http);
            }

            return RecordAsync(http, span, inner);
        });
        next(app);
    };

    /// <summary>Keeps a request from being recorded, and whatever it does.</summary>
    public static void Drop(Activity span)
    {
        span.IsAllDataRequested = false;
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    /// <summary>Probes and scrapes come every few seconds, and their spans say nothing.</summary>
    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(TelemetryExtensions.Page, StringComparison.OrdinalIgnoreCase);

    private static async Task RecordAsync(HttpContext http, Activity span, RequestDelegate inner)
    {
        Exception? thrown = null;
        try
        {
            await inner(http);
        }
        catch (Exception exception)
        {
            thrown = exception; // the server answers with 500, if it still can
            throw;
        }
        finally
        {
            Describe(http, span, thrown);
        }
    }

    private static void Describe(HttpContext http, Activity span, Exception? thrown)
    {
        var method = Array.IndexOf(Methods, http.Request.Method) >= 0 ? http.Request.Method : "_OTHER";
        span.AddTag("http.request.method", method).AddTag("url.scheme", http.Request.Scheme);
        var handled = http.Features.Get<IExceptionHandlerFeature>(); // the handler of exceptions removes the endpoint
        var route = (http.GetEndpoint() ?? handled?.Endpoint)?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route;
        if (route is not null)
        {
            span.AddTag("http.route", route);
        }

        var name = method is "_OTHER" ? "HTTP" : method;
        span.DisplayName = route is null ? name : string.Concat(name, " ", route);
        var status = thrown is not null && !http.Response.HasStarted ? StatusCodes.Status500InternalServerError : http.Response.StatusCode;
        span.AddTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.AddTag("error.type", (thrown ?? handled?.Error)?.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
