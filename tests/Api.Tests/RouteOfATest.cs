using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Messaging.Api.Tests;

/// <summary>The API with a route that only a test has.</summary>
internal sealed class RouteOfATest : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private RouteOfATest(TemporaryFolder folder, WebApplication app) => (_folder, _app) = (folder, app);

    public static async Task<RouteOfATest> StartAsync(
        Action<WebApplication> map, params IReadOnlyList<(string Name, string Value)> settings)
    {
        var folder = new TemporaryFolder();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection([new("AccessLog:Enabled", "false")]);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        builder.AddStandaloneMessaging(folder.File("messaging.db"), x => x.AddApiConsumers());
        builder.AddApi();
        var app = builder.Build();
        Assert.Equal(0, await app.MigrateAsync());
        app.MapApi();
        map(app);
        await app.StartAsync();
        return new RouteOfATest(folder, app);
    }

    public HttpClient CreateClient() => _app.GetTestClient();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
