using MassTransit;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.Stores;

/// <summary>What belongs to the outbox is not taken for the application's, and the other way round.</summary>
public sealed class OwnServicesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_with_a_data_source_of_its_own_keeps_it(bool isFirst)
    {
        await using var database = await Servers.CreateDatabaseAsync();
        await using var other = await Servers.CreateDatabaseAsync();
        var services = new ServiceCollection().AddLogging();
        if (isFirst)
        {
            services.AddSingleton(_ => NpgsqlDataSource.Create(other.ConnectionString));
        }

        services.AddMassTransit(x =>
        {
            x.AddOutbox(o => o.UsePostgreSql(database.ConnectionString).Configure(options => options.CommitTimeout = TimeSpan.FromSeconds(30)));
            x.UsingInMemory();
        });
        if (!isFirst)
        {
            services.AddSingleton(_ => NpgsqlDataSource.Create(other.ConnectionString));
        }

        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, default);
        await using var scope = provider.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Greet("a"));
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();

        var own = Assert.Single(provider.GetServices<NpgsqlDataSource>());
        Assert.Equal(other.Name, await ScalarAsync(own, "SELECT current_database()"));
        Assert.Equal(0L, await ScalarAsync(own, "SELECT count(*) FROM pg_namespace WHERE nspname = 'messaging'"));
        await using var outside = NpgsqlDataSource.Create(database.Outside);
        Assert.Equal(1L, await ScalarAsync(outside, "SELECT count(*) FROM outbox"));
    }

    [Fact]
    public void The_outbox_registers_only_its_own_types()
    {
        foreach (var use in (Action<OutboxBuilder>[])[o => o.UsePostgreSql("Host=localhost"), o => o.UseSqlite("test.db")])
        {
            var (plain, with) = (Registered(x => x.UsingInMemory()), Registered(x =>
            {
                x.AddOutbox(use);
                x.UsingInMemory();
            }));

            Assert.DoesNotContain(with.Except(plain), type => !IsOwn(type) && !IsMeantFor(type));
        }
    }

    private static bool IsOwn(Type type) => type.Assembly.GetName().Name!.StartsWith("Messaging.Outbox", StringComparison.Ordinal);

    // What is there for many to add to, or is replaced on purpose, or is of the outbox by an argument.
    private static bool IsMeantFor(Type type) =>
        type == typeof(TimeProvider)
        || type == typeof(Microsoft.Extensions.Hosting.IHostedService)
        || type.Namespace is "Microsoft.Extensions.Options"
        || type.Namespace!.StartsWith("MassTransit", StringComparison.Ordinal)
        || (type.IsGenericType && type.GetGenericArguments().Any(argument => IsOwn(argument)));

    private static HashSet<Type> Registered(Action<IBusRegistrationConfigurator> configure) =>
        [.. new ServiceCollection().AddLogging().AddMassTransit(configure).Where(service => !service.IsKeyedService).Select(service => service.ServiceType)];

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
