using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>What a connection string cannot say, as a password that is another one every hour.</summary>
public sealed class ConfiguredSourceTests
{
    [Fact]
    public async Task Connections_of_store_and_migration_are_as_the_application_configures_them()
    {
        await using var database = await Servers.CreateDatabaseAsync();
        var opened = 0;
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddOptions();
        new OutboxBuilder(services).UsePostgreSql(
            database.ConnectionString,
            configure: source => source.UsePhysicalConnectionInitializer(
                _ => { },
                _ =>
                {
                    Interlocked.Increment(ref opened);
                    return Task.CompletedTask;
                }));
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, TestContext.Current.CancellationToken);
        var byMigration = opened;
        await provider.GetRequiredService<IStoreHealth>().PingAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, byMigration);
        Assert.NotEqual(byMigration, opened);
    }
}
