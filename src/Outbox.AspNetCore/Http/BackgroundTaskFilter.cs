namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// What FastAPI's <c>Depends(audit)</c> is for: a task that goes with an endpoint, without the handler knowing of it. It is added
/// after a handler that succeeded, and committed with whatever that staged.
/// </summary>
internal static class BackgroundTaskFilter
{
    /// <param name="route">The route; its group commits (<see cref="UnitOfWorkFilterExtensions.CommitsUnitsOfWork"/>).</param>
    /// <param name="message">Makes the message of a request.</param>
    public static RouteHandlerBuilder AddsTask<TMessage>(this RouteHandlerBuilder route, Func<HttpContext, TMessage> message)
        where TMessage : class =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            if (!UnitOfWorkFilter.IsError(result, context.HttpContext))
            {
                context.HttpContext.RequestServices.GetRequiredService<BackgroundTasks>().Add(message(context.HttpContext));
            }

            return result;
        });
}
