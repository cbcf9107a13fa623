using Messaging.ServiceDefaults.Database;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests;

/// <summary>The API with a route that only a test has.</summary>
internal sealed class RouteOfATest : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private RouteOfATest(TemporaryFolder folder, WebApplication app, LogCapture logs) => (_folder, _app, Logs) = (folder, app, logs);

    public LogCapture Logs { get; }

    public static async Task<RouteOfATest> StartAsync(
        Action<WebApplication> map, params IReadOnlyList<(string Name, string Value)> settings)
    {
        var folder = new TemporaryFolder();
        MigratedDatabase.CopyTo(folder.File("messaging.db"));
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        var logs = new LogCapture();
        builder.Logging.AddProvider(logs);
        builder.Configuration.AddInMemoryCollection([new("AccessLog:Enabled", "false"), new("Outbox:CommitTimeout", "00:00:30")]);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        builder.AddStandaloneMessaging(folder.File("messaging.db"), x => x.AddApiConsumers());
        builder.AddApi();
        var app = builder.Build();
        Assert.Equal(0, await app.MigrateAsync());
        app.MapApi();
        map(app);
        await app.StartAsync();
        return new RouteOfATest(folder, app, logs);
    }

    public HttpClient CreateClient() => _app.GetTestClient();

    public async Task<long> CountAsync(string table)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("messaging.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
