using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace UserOfTheLibrary;

internal static class InvoicesApi
{
    public static void MapInvoices(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/orders", (Order order, IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new InvoiceRequested { OrderId = order.Id });      // delay: or runAt: if it is to wait
            task.Then(new ParcelRequested { OrderId = order.Id });                  // when that has succeeded; WhenAll(a, b).Then(c)
            return TaskAccepted.At(task.Id);
        }).LimitsAnonymous(RateLimitPolicies.Accounts);                             // or .RequireOperate(): a route with neither stops the start
    }
}
