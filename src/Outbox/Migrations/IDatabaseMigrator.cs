using System.Reflection;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>
/// Brings the schema up to date. Scripts are embedded resources below a folder <c>Scripts/Postgres</c> or
/// <c>Scripts/Sqlite</c>; each runs once, in the order of its name, in a transaction of its own.
/// </summary>
public interface IDatabaseMigrator
{
    /// <summary>Runs the library's scripts, then those of the given assemblies.</summary>
    /// <exception cref="MigrationException">A script failed, or the database could not be reached; names the script.</exception>
    Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies);
}

/// <summary>The schema could not be brought up to date.</summary>
public sealed class MigrationException(string message, Exception? innerException) : Exception(message, innerException);

internal static class Migration
{
    public static void Run(
        Func<UpgradeEngineBuilder> target, string folder, ILogger logger, IReadOnlyList<Assembly> assemblies)
    {
        foreach (var assembly in assemblies.Prepend(typeof(Migration).Assembly))
        {
            var engine = target()
                .WithScriptsEmbeddedInAssembly(assembly, name => name.Contains($".Scripts.{folder}.", StringComparison.Ordinal))
                .WithTransactionPerScript()
                .WithVariablesDisabled()
                .LogTo(new UpgradeLog(logger))
                .Build();
            DatabaseUpgradeResult result = engine.PerformUpgrade();
            if (!result.Successful)
            {
                var script = result.ErrorScript is null ? "The database could not be migrated" : $"The script {result.ErrorScript.Name} failed";
                throw new MigrationException($"{script}: {result.Error.Message}", result.Error);
            }
        }
    }

    private sealed class UpgradeLog(ILogger logger) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) => Log(LogLevel.Trace, format, args);
        public void LogDebug(string format, params object[] args) => Log(LogLevel.Debug, format, args);
        public void LogInformation(string format, params object[] args) => Log(LogLevel.Information, format, args);
        public void LogWarning(string format, params object[] args) => Log(LogLevel.Warning, format, args);
        public void LogError(string format, params object[] args) => Log(LogLevel.Error, format, args);
        public void LogError(Exception ex, string format, params object[] args) => Log(LogLevel.Error, format, args);

#pragma warning disable CA2254 // the template is DbUp's
        private void Log(LogLevel level, string format, object[] args) => logger.Log(level, format, args);
#pragma warning restore CA2254
    }
}
