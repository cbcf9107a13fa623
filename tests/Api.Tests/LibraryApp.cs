using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.Migrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Api.Tests;

/// <summary>An application of somebody else, which has the library's rooms and nothing of the example.</summary>
internal sealed class LibraryApp : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;

    private LibraryApp(Action<IServiceCollection>? configure, string? database)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        configure?.Invoke(builder.Services);
        builder.Services.AddMassTransit(x =>
        {
            x.AddOutbox(o => o.UseSqlite(database ?? _folder.File("library.db")).Configure(options => options.CommitTimeout = TimeSpan.FromSeconds(30)));
            x.UsingInMemory();
        });
        builder.Services.AddOutboxApi();
        builder.Services.Configure<AccessOptions>(access =>
        {
            access.Keys.Add(new AccessKey { Name = "rita", Role = "read", Hash = ApiKeys.Hash(ReadKey) });
            access.Keys.Add(new AccessKey { Name = "olga", Role = "operate", Hash = ApiKeys.Hash(OperateKey) });
        });
        _app = builder.Build();
    }

    public string ReadKey { get; } = ApiKeys.New();

    public string OperateKey { get; } = ApiKeys.New();

    public IServiceProvider Services => _app.Services;

    /// <param name="map">Maps routes of its own.</param>
    /// <param name="configure">Adds services of its own, before those of the library.</param>
    /// <param name="before">Adds middleware of its own, before that of the library.</param>
    /// <param name="database">A file that another application has too.</param>
    /// <param name="prefix">Where the control API is.</param>
    public static async Task<LibraryApp> StartAsync(
        Action<WebApplication>? map = null, Action<IServiceCollection>? configure = null, Action<WebApplication>? before = null, string? database = null, string prefix = "")
    {
        var app = new LibraryApp(configure, database);
        try
        {
            await app._app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
            before?.Invoke(app._app);
            app._app.UseOutboxApi();
            app._app.MapGroup(prefix).MapOutbox();
            map?.Invoke(app._app);
            await app._app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync(); // what has started would go on beside all other tests
            throw;
        }
    }

    public HttpClient CreateClient(string? key = null)
    {
        var client = _app.GetTestClient();
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
