namespace Messaging.Api.Http;

internal static class WhoExtensions
{
    /// <summary>Who gives an order, for the audit table.</summary>
    public static string Who(this HttpContext context) => context.User.Identity?.Name ?? "anonymous";
}
