using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.Dashboard;
using Messaging.Outbox.Migrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Browser.Tests.Hosts;

/// <summary>An application of somebody else, which has the library's rooms and nothing of the example, below a path base and in a group.</summary>
internal sealed class LibraryHost : DashboardHost
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;

    private LibraryHost()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddMassTransit(x =>
        {
            x.AddOutbox(o => o.UseSqlite(_folder.File("library.db")));
            x.UsingInMemory();
        });
        builder.Services.AddOutboxApi();
        builder.Services.Configure<AccessOptions>(access => access.Keys.Add(new AccessKey
        {
            Name = "ann",
            Role = "operate",
            Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Keys.Ann))),
        }));
        _app = builder.Build();
    }

    /// <summary>Of the whole application.</summary>
    public override Uri Address => new($"{_app.Urls.First()}/shop");

    public static async Task<LibraryHost> StartAsync()
    {
        var host = new LibraryHost();
        var app = host._app;
        await app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        app.UsePathBase("/shop");
        app.UseRouting();
        app.UseOutboxApi();
        app.MapGroup("/ops").MapOutbox();
        app.MapGroup("/ops").MapOutboxDashboard();
        await app.StartAsync();
        host.Connect();
        return host;
    }

    public override Task AddQueueAsync(string name, string type) => throw new NotSupportedException("It has no queues.");

    public override Task KillWorkerAsync() => _app.StopAsync();

    public override Task KillServerAsync() => _app.StopAsync();

    public override Task StartServerAsync() => _app.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }
}
