using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Micro;

/// <summary>An outbox over the in-memory transport that sends nothing, with a database of its own.</summary>
internal sealed class OutboxHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly string _folder;

    private OutboxHost(IHost host, string folder) => (_host, _folder) = (host, folder);

    public IServiceProvider Services => _host.Services;

    public StoreSeams Store => _host.Services.GetRequiredService<StoreSeams>();

    /// <param name="database"><c>SQLite</c>, or <c>PostgreSQL</c> where <c>TEST_POSTGRES</c> says.</param>
    public static async Task<OutboxHost> StartAsync(string database)
    {
        var folder = Directory.CreateTempSubdirectory("micro-").FullName;
        var postgres = database == "PostgreSQL" ? await CreateDatabaseAsync() : null;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(o =>
            {
                o = postgres is null ? o.UseSqlite(Path.Combine(folder, "micro.db")) : o.UsePostgreSql(postgres);
                o.Configure(options => (options.Dispatch, options.RunSchedules) = (false, false));
            });
            x.UsingInMemory((context, bus) => bus.ConfigureEndpoints(context));
        });
        var host = builder.Build();
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await host.StartAsync();
        return new OutboxHost(host, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> CreateDatabaseAsync()
    {
        var server = Environment.GetEnvironmentVariable("TEST_POSTGRES")
            ?? throw new InvalidOperationException("TEST_POSTGRES is not set: eval \"$(.ci/servers env)\".");
        NpgsqlConnection.ClearAllPools(); // those of the benchmark before end with its database
        await using var source = NpgsqlDataSource.Create(server);
        foreach (var sql in (string[])["DROP DATABASE IF EXISTS micro WITH (FORCE)", "CREATE DATABASE micro"])
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        return new NpgsqlConnectionStringBuilder(server) { Database = "micro" }.ConnectionString;
    }
}
