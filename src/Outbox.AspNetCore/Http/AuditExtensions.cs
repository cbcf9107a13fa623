using System.Diagnostics;
using System.Text.Json;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Audit as a dependency: an endpoint whose every answer is written down, of which its handler knows nothing. The entry is committed before the
/// answer is sent, so nobody gets the answer without it. Who is refused has got nothing, and is found in the access log.
/// </summary>
public static class AuditExtensions
{
    /// <param name="route">The route; its group commits (<see cref="UnitOfWorkExtensions.CommitsUnitsOfWork"/>).</param>
    /// <param name="action">What is done, such as <c>data.read</c>.</param>
    /// <param name="target">What it is done to.</param>
    public static RouteHandlerBuilder Audits(this RouteHandlerBuilder route, string action, string target) =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            var http = context.HttpContext;
            if (!RequestOutcome.IsError(result, http))
            {
                http.RequestServices.GetRequiredService<IUnitOfWork>().Audit(http, action, target);
            }

            return result;
        });

    /// <summary>For a handler that knows what it has done to what: the entry is committed with it.</summary>
    /// <param name="unit">The unit of work of the request.</param>
    /// <param name="http">The request.</param>
    /// <param name="action">What is done, such as <c>upload.delete</c>.</param>
    /// <param name="target">What it is done to.</param>
    public static void Audit(this IUnitOfWork unit, HttpContext http, string action, string target)
    {
        var trace = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        unit.Audit(
            http.RequestServices.GetRequiredService<StoreClock>().GetUtcNow(), http.Who(), action, target, JsonSerializer.Serialize(new { trace }));
    }
}
