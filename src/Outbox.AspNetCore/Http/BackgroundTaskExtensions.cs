namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// What FastAPI's <c>Depends(audit)</c> is for: a task that goes with an endpoint, without the handler knowing of it. It is added
/// after a handler that succeeded, and committed with whatever that staged.
/// </summary>
public static class BackgroundTaskExtensions
{
    /// <param name="route">The route; its group commits (<see cref="UnitOfWorkExtensions.CommitsUnitsOfWork"/>).</param>
    /// <param name="message">Makes the message of a request.</param>
    public static RouteHandlerBuilder AddsTask<TMessage>(this RouteHandlerBuilder route, Func<HttpContext, TMessage> message)
        where TMessage : class =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            if (!RequestOutcome.IsError(result, context.HttpContext))
            {
                context.HttpContext.RequestServices.GetRequiredService<BackgroundTasks>().Add(message(context.HttpContext));
            }

            return result;
        });
}
