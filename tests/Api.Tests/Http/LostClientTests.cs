using System.Net.Http.Headers;
using Messaging.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Http;

/// <summary>
/// A client that closes its connection is no error of the service, also before the request is marked as aborted: here it never is before
/// the service itself does so.
/// </summary>
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

                await SendAsync(client, path, type, path == "/password/reset" ? null : key);

                Assert.Equal([StatusCodes.Status499ClientClosedRequest], lost.Statuses);
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

        await SendAsync(client, "/lost", type: null, key: null);

        Assert.Equal([hasStarted ? StatusCodes.Status200OK : StatusCodes.Status499ClientClosedRequest], lost.Statuses);
        Assert.Empty(_logs.Exceptions);
    }

    private static async Task SendAsync(HttpClient client, string path, string? type, string? key)
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

        try
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            // The service gives the connection up.
        }
    }
}
