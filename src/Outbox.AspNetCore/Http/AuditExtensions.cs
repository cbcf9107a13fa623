using System.Diagnostics;
using System.Text.Json;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Adds auditing to an endpoint without changing its handler: an audit entry is committed before the response is sent, so no
/// response is sent without it. Rejected requests are not audited; the access log contains them.
/// </summary>
public static class AuditExtensions
{
    /// <param name="route">The route; its group must commit (<see cref="OutboxApiExtensions.MapOutboxGroup"/>).</param>
    /// <param name="action">The action, such as <c>data.read</c>.</param>
    /// <param name="target">The target of the action.</param>
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

    /// <summary>For a handler that determines action and target itself: the entry is committed together with its work.</summary>
    /// <param name="unit">The unit of work of the request.</param>
    /// <param name="http">The request.</param>
    /// <param name="action">The action, such as <c>upload.delete</c>.</param>
    /// <param name="target">The target of the action.</param>
    public static void Audit(this IUnitOfWork unit, HttpContext http, string action, string target)
    {
        var trace = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        unit.Audit(
            http.RequestServices.GetRequiredService<StoreClock>().GetUtcNow(), http.Who(), action, target, JsonSerializer.Serialize(new { trace }));
    }
}
