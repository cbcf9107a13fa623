using System.Net;
using System.Threading.RateLimiting;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Hosting;

/// <summary>An application that has ASP.NET Core's rate limiter already, with its middleware, before the library comes.</summary>
public sealed class OwnRateLimiterTests
{
    [Fact]
    public async Task A_request_counts_once_for_the_application_s_limiter()
    {
        await using var app = await StartAsync(limiter => limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ =>
            RateLimitPartition.GetFixedWindowLimiter("all", _ => new FixedWindowRateLimiterOptions { PermitLimit = 2, Window = TimeSpan.FromDays(1) })));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await GetAsync(app, "/own", times: 3));
    }

    [Fact]
    public async Task A_limit_of_concurrent_requests_lets_no_request_wait_for_itself()
    {
        await using var app = await StartAsync(limiter => limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ =>
            RateLimitPartition.GetConcurrencyLimiter("all", _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 })));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await GetAsync(app, "/own", times: 2));
    }

    [Fact]
    public async Task The_application_answers_what_is_refused_on_its_own_routes()
    {
        await using var app = await StartAsync(limiter =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ =>
                RateLimitPartition.GetFixedWindowLimiter("all", _ => new FixedWindowRateLimiterOptions { PermitLimit = 1, Window = TimeSpan.FromDays(1) }));
            limiter.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.StatusCode = StatusCodes.Status418ImATeapot;
                return ValueTask.CompletedTask;
            };
        });

        Assert.Equal([HttpStatusCode.OK, (HttpStatusCode)418], await GetAsync(app, "/own", times: 2));
        Assert.Equal([HttpStatusCode.TooManyRequests], await GetAsync(app, "/tasks", times: 1));
    }

    [Fact]
    public async Task Without_the_library_s_limits_only_the_application_limits()
    {
        await using var app = await StartAsync(_ => { }, limits => (limits.Enabled, limits.Reads.Burst, limits.Reads.PerMinute) = (false, 1, 1));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await GetAsync(app, "/own", times: 2));
    }

    [Fact]
    public async Task A_caller_with_a_key_counts_by_the_key()
    {
        await using var app = await StartAsync(_ => { }, limits => (limits.Reads.Burst, limits.Reads.PerMinute) = (1, 1));
        using var client = app.CreateClient(app.ReadKey);

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync("/tasks", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task One_address_does_not_use_up_the_limit_of_all()
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapGet("/shared", () => "").LimitsAnonymous(RateLimitPolicies.Accounts),
            services => services.Configure<RateLimitOptions>(limits =>
                (limits.Accounts.Burst, limits.Accounts.PerMinute, limits.Accounts.TotalBurst, limits.Accounts.TotalPerMinute) = (1, 1, 3, 1)),
            before: pipeline =>
            {
                pipeline.Use((http, next) =>
                {
                    http.Connection.RemoteIpAddress = IPAddress.Parse(http.Request.Headers["X-From"]!);
                    return next(http);
                });
                pipeline.UseRouting();
                pipeline.UseRateLimiter();
            });

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(i == 0 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, await GetFromAsync("10.0.0.1"));
        }

        Assert.Equal(HttpStatusCode.OK, await GetFromAsync("10.0.9.9"));

        async Task<HttpStatusCode> GetFromAsync(string address)
        {
            using var client = app.CreateClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, "/shared") { Headers = { { "X-From", address } } };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("accounts")]
    [InlineData("health")]
    [InlineData("logs")]
    [InlineData("reads")]
    public async Task A_policy_of_the_application_may_have_a_common_name(string name)
    {
        await using var app = await StartAsync(limiter => limiter.AddPolicy(name, _ => RateLimitPartition.GetNoLimiter("all")));

        Assert.Equal([HttpStatusCode.OK], await GetAsync(app, "/own", times: 1));
    }

    private static Task<LibraryApp> StartAsync(Action<RateLimiterOptions> limiter, Action<RateLimitOptions>? limits = null) => LibraryApp.StartAsync(
        routes => routes.MapGet("/own", () => ""),
        services =>
        {
            services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limiter(options);
            });
            services.Configure(limits ?? (_ => { }));
        },
        before: app => app.UseRateLimiter());

    private static async Task<List<HttpStatusCode>> GetAsync(LibraryApp app, string path, int times)
    {
        using var client = app.CreateClient();
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
        {
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
            codes.Add(response.StatusCode);
        }

        return codes;
    }
}
