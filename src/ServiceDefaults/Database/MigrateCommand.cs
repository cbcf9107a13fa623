using Messaging.Contracts;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Database;

/// <summary>The schema: the outbox's tables and those of the use cases.</summary>
public static class MigrateCommand
{
    /// <summary>Brings the schema up to date; done already, it changes nothing.</summary>
    /// <returns>The exit code: 0, or 1 after a failure, which is logged.</returns>
    public static async Task<int> MigrateAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Messaging.Migrate");
        try
        {
            _ = host.Services.GetRequiredService<IOptions<DatabaseOptions>>().Value; // those of other servers need not be set
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
