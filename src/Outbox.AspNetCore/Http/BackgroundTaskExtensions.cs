namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Adds a task to an endpoint without changing its handler, like FastAPI's <c>Depends(audit)</c>. The task is added after a
/// successful handler and committed together with the handler's staged work.
/// </summary>
public static class BackgroundTaskExtensions
{
    /// <param name="route">The route; its group must commit (<see cref="OutboxApiExtensions.MapOutboxGroup"/>).</param>
    /// <param name="message">Creates the message for a request.</param>
    public static RouteHandlerBuilder AddsTask<TMessage>(this RouteHandlerBuilder route, Func<HttpContext, TMessage> message)
        where TMessage : class =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            if (!RequestOutcome.IsError(result, context.HttpContext))
            {
                context.HttpContext.RequestServices.GetRequiredService<IBackgroundTasks>().Add(message(context.HttpContext));
            }

            return result;
        });
}
