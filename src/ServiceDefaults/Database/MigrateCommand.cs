using Messaging.Contracts;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Database;

/// <summary>Migrates the database schema: the outbox's tables and those of the use cases.</summary>
public static class MigrateCommand
{
    /// <summary>Migrates the schema to the latest version. It changes nothing if the schema is up to date.</summary>
    /// <returns>The exit code: 0, or 1 after an error, which is logged.</returns>
    public static async Task<int> MigrateAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Messaging.Migrate");
        try
        {
            // only the settings of the database have to be valid, not those of other servers
            _ = host.Services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
            await host.Services.GetRequiredService<IDatabaseMigrator>()
                .MigrateAsync(logger, cancellationToken, typeof(TaskTypeAttribute).Assembly);
            return 0;
        }
        catch (MigrationException exception)
        {
#pragma warning disable CA1848 // once in the life of a process
            logger.LogCritical("{Failure}", exception.Message);
#pragma warning restore CA1848
            return 1;
        }
    }
}
