using System.Threading.RateLimiting;
using Messaging.Outbox.AspNetCore.Access;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>
/// Limits requests: first by caller, then for all callers of a kind of route together (its policy), so that a single caller
/// cannot use up the limit for all. A route sets its kind by <see cref="RateLimitsExtensions.LimitsAnonymous"/>.
/// </summary>
internal static class RateLimitsModule
{
    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(_ => { });
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<RateLimitOptions>>().Value;
            return new CallerLimiter(PartitionedRateLimiter.Create<HttpContext, Bucket>(http => CallerOf(http, options)));
        });
        services.AddOptions<RateLimiterOptions>()
            .Configure<IOptions<RateLimitOptions>>(AddPolicies)
            .PostConfigure<CallerLimiter>(AddToOwn); // after the application's own, whatever comes first
    }

    /// <summary>Runs after authentication, which identifies the caller, and before anything expensive.</summary>
    public static void UseRateLimits(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<RateLimitOptions>>().Value.Enabled)
        {
            app.Use(static (http, next) =>
            {
                CallerLimiter.CountHere(http);
                return next(http);
            });
            app.UseRateLimiter();
        }
    }

    private static void AddPolicies(RateLimiterOptions limiter, IOptions<RateLimitOptions> settings)
    {
        var options = settings.Value;
        AddTotal(limiter, RateLimitPolicies.Accounts, options.Accounts);
        AddTotal(limiter, RateLimitPolicies.Logs, options.Logs);
        AddTotal(limiter, RateLimitPolicies.Reads, options.Reads);
        limiter.AddPolicy(RateLimitPolicies.Health, _ => RateLimitPartition.GetNoLimiter(Bucket.Total(RateLimitPolicies.Health)));
    }

    /// <summary>What the application has set for its own routes stays: its global limiter, and its answer to a request that is refused.</summary>
    private static void AddToOwn(RateLimiterOptions limiter, CallerLimiter callers)
    {
        callers.AddTo(limiter);
        var theirs = limiter.OnRejected;
        limiter.OnRejected = (context, token) => theirs is not null && context.HttpContext.GetEndpoint() is { } endpoint && !OutboxRoute.Is(endpoint)
            ? theirs(context, token)
            : new ValueTask(TooManyRequests.Of(context.HttpContext, context.Lease, "Too many requests.").ExecuteAsync(context.HttpContext));
    }

    private static RateLimitPartition<Bucket> CallerOf(HttpContext http, RateLimitOptions options)
    {
        if (KeysLimitedToo.CountsForKey(http))
        {
            return Bucket.Of("key", http.Who(), options.Counters).WithLimit(options.Keys.Burst, options.Keys.PerMinute);
        }

        var policy = http.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName ?? RateLimitPolicies.Reads;
        CallerLimit limit = policy switch
        {
            RateLimitPolicies.Accounts => options.Accounts,
            RateLimitPolicies.Logs => options.Logs,
            RateLimitPolicies.Health => options.Health,
            _ => options.Reads,
        };
        return Bucket.Of(policy, CallerAddress.Of(http), options.Counters).WithLimit(limit.Burst, limit.PerMinute);
    }

    /// <summary>
    /// A request counts for all callers where its caller's limit has let it pass, and not in a middleware of the application that comes before: one address would use up the limit of all.
    /// </summary>
    private static void AddTotal(RateLimiterOptions limiter, string policy, RouteLimit limit) => limiter.AddPolicy(policy, http =>
        !CallerLimiter.CountsHere(http) ? RateLimitPartition.GetNoLimiter(Bucket.Total("before"))
        : KeysLimitedToo.CountsForKey(http) ? RateLimitPartition.GetNoLimiter(Bucket.Total("key"))
        : Bucket.Total(policy).WithLimit(limit.TotalBurst, limit.TotalPerMinute));
}
