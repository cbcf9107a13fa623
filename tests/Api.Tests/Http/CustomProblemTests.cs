using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Http;

/// <summary>What an application adds to its problem details is in those of the library, too.</summary>
public sealed class CustomProblemTests
{
    [Theory]
    [InlineData("GET", "/tasks?foo=1", 400)]                        // found before the binding
    [InlineData("POST", "/dead-letters/drop?successors=x", 400)]
    [InlineData("POST", "/orders", 400)]                            // found by the validation
    [InlineData("GET", "/tasks/01890000-0000-7000-8000-000000000000", 404)]
    [InlineData("GET", "/nowhere", 404)]
    public async Task Own_members_are_in_every_problem(string method, string path, int status)
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapOutboxGroup().LimitsAnonymous(RateLimitPolicies.Accounts).MapPost("/orders", (LibraryAppTests.Order order) => order.Name),
            services => services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
            {
                context.ProblemDetails.Extensions["shop"] = "ours";
                context.ProblemDetails.Type = $"https://example.org/{context.ProblemDetails.Status}";
            }));
        using var client = app.CreateClient(app.OperateKey);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? JsonContent.Create(new { }) : null };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((status, "ours"), ((int)response.StatusCode, problem.GetProperty("shop").GetString()));
        Assert.Equal($"https://example.org/{status}", problem.GetProperty("type").GetString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }
}
