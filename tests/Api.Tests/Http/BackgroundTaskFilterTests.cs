using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Http;

/// <summary>A task that goes with an endpoint, without its handler knowing of it.</summary>
public sealed class BackgroundTaskFilterTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task The_task_goes_with_a_success_and_not_with_an_error(bool fails, int expected)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        var routes = new Routes(api.Services);
        routes.MapGet("/data", () => fails ? Results.NotFound() : Results.Ok("data"))
            .CommitsUnitOfWork()
            .AddsTask(http => new LogRequested { Level = LogSeverity.Information, Message = $"audit {http.Request.Path}", LoggedAt = DateTimeOffset.UtcNow });
        var endpoint = routes.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Single();
        await using var scope = api.Services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Request.Method = "GET";
        http.Request.Path = "/data";

        await endpoint.RequestDelegate!(http);

        Assert.Equal(fails ? 404 : 200, http.Response.StatusCode);
        Assert.Equal(expected, await api.CountAsync("tasks WHERE kind = 'LogRequested'"));
    }

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
