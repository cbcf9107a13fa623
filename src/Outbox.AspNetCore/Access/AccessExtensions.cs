using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Sets which access key a route requires, and identifies the caller of a request.</summary>
public static class AccessExtensions
{
    internal const string Anonymous = "anonymous";

    /// <summary>Requires a key of any role. E-mail addresses in responses are masked unless the key has the role <c>operate</c>.</summary>
    public static TBuilder RequireRead<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.ReadPolicy).MasksAddresses();

    /// <summary>Requires a key with the role <c>operate</c>. What the route changes is seen in the next answer of this process.</summary>
    public static TBuilder RequireOperate<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.Require(AccessRoles.OperatePolicy).AddEndpointFilter(ActsAreSeen.InvokeAsync);

    /// <summary>
    /// Whether the caller has an access key of any role: it sent one, has a session of one, or is a user with the role of one
    /// (<see cref="AccessOptions.ReadPolicy"/>).
    /// </summary>
    public static bool HasKey(this HttpContext context) => CallerKey.Of(context) is not null;

    /// <summary>
    /// The name of the caller's key; <c>local</c> for the operator's key; <c>user:</c> and the name for a user of the application;
    /// <c>anonymous</c> on a route that needs no key.
    /// </summary>
    public static string Who(this HttpContext context) => CallerKey.Of(context)?.Name ?? Anonymous;

    /// <summary>Whether responses show e-mail addresses to the caller: its key has the role <c>operate</c>.</summary>
    public static bool SeesAddresses(this HttpContext context) => CallerKey.Of(context)?.Has(AccessRoles.Operate) == true;

    /// <summary>Whether responses show the messages of tasks to the caller.</summary>
    internal static bool SeesPayloads(this HttpContext context) => CallerKey.Of(context)?.SeesPayloads == true;

    private static TBuilder Require<TBuilder>(this TBuilder route, string policy)
        where TBuilder : IEndpointConventionBuilder =>
        route
            .RequireAuthorization(policy)
            .CacheOutput(static cache => cache.NoCache()) // an application that caches all its answers would give this one to callers without a key
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
