using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>
/// Brings the schema up to date. Scripts are embedded resources below a folder <c>Scripts/Postgres</c> or
/// <c>Scripts/Sqlite</c>; each runs once, in the order of its name, in a transaction of its own.
/// </summary>
public interface IDatabaseMigrator
{
    /// <summary>
    /// Runs the library's scripts, then those of the given assemblies, which are recorded in <c>schema_versions</c> of the schema <c>public</c>. Several
    /// processes may call it at once: one migrates, and the others wait for it, at most an hour.
    /// </summary>
    /// <exception cref="MigrationException">
    /// A script failed, or the database could not be reached; names the script. Or a table of another shape has a name that the outbox needs: nothing
    /// is changed then.
    /// </exception>
    Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies);
}

/// <summary>The schema could not be brought up to date.</summary>
public sealed class MigrationException(string message, Exception? innerException) : Exception(message, innerException);
