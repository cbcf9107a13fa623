using System.Reflection;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Output;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>Runs scripts that have not run yet.</summary>
internal static class Migration
{
    /// <summary>The table that has the names of those that have.</summary>
    public const string Journal = "schema_versions";

    /// <param name="engine">With the database and the journal.</param>
    /// <param name="scripts">Whose scripts.</param>
    /// <param name="preprocessor">What each text goes through before it runs; null for none.</param>
    /// <param name="logger">Gets what DbUp says.</param>
    /// <exception cref="MigrationException">One of them failed.</exception>
    public static void Run(UpgradeEngineBuilder engine, IEnumerable<SqlScript> scripts, IScriptPreprocessor? preprocessor, ILogger logger)
    {
        engine = engine.WithScripts(scripts).WithTransactionPerScript().WithVariablesDisabled().LogTo(new UpgradeLog(logger));
        var result = (preprocessor is null ? engine : engine.WithPreprocessor(preprocessor)).Build().PerformUpgrade();
        if (!result.Successful)
        {
            var script = result.ErrorScript is null ? "The database could not be migrated" : $"The script {result.ErrorScript.Name} failed";
            throw new MigrationException($"{script}: {result.Error.Message}", result.Error);
        }
    }

    /// <summary>The scripts of an assembly for one dialect, in the order of their names.</summary>
    public static IReadOnlyList<SqlScript> ScriptsOf(Assembly assembly, string dialect) =>
    [
        .. assembly.GetManifestResourceNames()
            .Where(name => name.Contains($".Scripts.{dialect}.", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => SqlScript.FromStream(name, assembly.GetManifestResourceStream(name))),
    ];

    /// <summary>The library's own, with the names of the store.</summary>
    public static IReadOnlyList<SqlScript> OwnScripts(string dialect) => ScriptsOf(typeof(Migration).Assembly, dialect);

    /// <summary>Turns names of tables.</summary>
    public sealed class Names(TableNames names) : IScriptPreprocessor
    {
        public string Process(string contents) => names.InScript(contents);
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
