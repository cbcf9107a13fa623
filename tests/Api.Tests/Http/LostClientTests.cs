using System.Net.Http.Headers;
using Messaging.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Http;

/// <summary>A client that closes its connection is no error of the service, also before the request is marked as aborted.</summary>
public sealed class LostClientTests
{
    private readonly LogCapture _logs = new() { Level = LogLevel.Information };

    [Theory]
    [InlineData("/register", "application/json")]
    [InlineData("/register", "application/x-www-form-urlencoded")]
    [InlineData("/log", "multipart/form-data; boundary=b")]
    [InlineData("/tasks", "application/json")]
    [InlineData("/password/reset", "application/json")]
    [InlineData("/uploads?name=a.txt", "text/plain")]
    [InlineData("/uploads", "multipart/form-data; boundary=b")]
    public async Task A_body_whose_connection_is_lost_is_no_error(string path, string type)
    {
        foreach (Func<Exception> failure in new Func<Exception>[] { () => new ConnectionResetException("reset"), () => new ConnectionAbortedException("aborted") })
        {
            foreach (var key in new[] { null, Guid.NewGuid().ToString() })
            {
                var lost = new LostClient(failure);
                await using var api = new StandaloneApi();
                await using var logged = api.WithWebHostBuilder(builder => builder
                    .ConfigureServices(services => services.AddSingleton<IStartupFilter>(lost))
                    .ConfigureLogging(logging => logging.AddProvider(_logs)));
                using var client = logged.CreateClient();

                Assert.Equal(499, await StatusAsync(client, path, type, path == "/password/reset" ? null : key));
                Assert.Empty(_logs.Exceptions);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_response_whose_connection_is_lost_is_no_error(bool hasStarted)
    {
        var lost = new LostClient(() => new ConnectionResetException("reset"));
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapGet("/lost", async (HttpResponse response) =>
            {
                if (hasStarted)
                {
                    await response.WriteAsync("a");
                    await response.Body.FlushAsync();
                }

                throw new InvalidOperationException("It could not be written.", new IOException("lost", new ConnectionResetException("reset")));
            }),
            services => services.AddSingleton<IStartupFilter>(lost).AddLogging(logging => logging.AddProvider(_logs)));
        using var client = app.CreateClient();

        Assert.Equal(hasStarted ? 200 : 499, await StatusAsync(client, "/lost", type: null, key: null));
        Assert.Empty(_logs.Exceptions);
    }

    private static async Task<int> StatusAsync(HttpClient client, string path, string? type, string? key)
    {
        using var request = new HttpRequestMessage(type is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (type is not null)
        {
            request.Content = new ByteArrayContent([1]) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
