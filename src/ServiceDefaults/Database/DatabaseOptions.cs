using System.ComponentModel.DataAnnotations;
using Messaging.Outbox;
using Npgsql;

namespace Messaging.ServiceDefaults.Database;

/// <summary>Where PostgreSQL is; section <c>Database</c>. There is no default password.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    private const string TableName = "^(?!pg_|information_schema$)[a-z_][a-z0-9_]{0,30}$";

    /// <summary>
    /// One host, or several with commas between, each with a port of its own if it has one: <c>db1,db2:5433</c>. Of several the one that can be
    /// written is taken. Default <c>localhost</c>.
    /// </summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>Default 5432.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5432;

    /// <summary>The database. Default <c>messaging</c>.</summary>
    [Required]
    public string Name { get; set; } = "messaging";

    /// <summary>Default <c>messaging</c>.</summary>
    [Required]
    public string Username { get; set; } = "messaging";

    /// <summary>Required.</summary>
    [Required(ErrorMessage = "Database:Password is not set (environment: Database__Password; or a file of that name in /run/secrets).")]
    public string? Password { get; set; }

    /// <summary>Connections a process may hold. Default 50.</summary>
    [Range(4, 1_000)]
    public int MaxPoolSize { get; set; } = 50;

    /// <summary>How the server's certificate is treated: <c>Disable</c>, <c>Prefer</c>, <c>Require</c>, <c>VerifyFull</c>, … Default <c>Prefer</c>.</summary>
    public SslMode SslMode { get; set; } = SslMode.Prefer;

    /// <summary>
    /// Which of several hosts is taken: <c>any</c>, <c>primary</c>, <c>standby</c>, <c>prefer-primary</c>, <c>prefer-standby</c>,
    /// <c>read-write</c> or <c>read-only</c>. Default <c>read-write</c> for several, and no question for one.
    /// </summary>
    [RegularExpression("any|primary|standby|prefer-primary|prefer-standby|read-write|read-only")]
    public string? TargetSessionAttributes { get; set; }

    /// <summary><c>Transaction</c> where PgBouncer, or another pooler, gives each transaction another session. Default <c>None</c>.</summary>
    public PostgresPooler Pooler { get; set; }

    /// <summary>
    /// The schema of the outbox's tables, which the migration creates: up to 31 of <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c> and <c>_</c>, and nothing that PostgreSQL
    /// has for itself. The tables of the use cases are in <c>public</c>. Default <c>messaging</c>.
    /// </summary>
    [Required]
    [RegularExpression(TableName, ErrorMessage = "Database:Schema is to be up to 31 of a to z, 0 to 9 and _, the first no digit, and not pg_… or information_schema.")]
    public string Schema { get; set; } = "messaging";

    /// <summary>What the names of the outbox's tables begin with, of the same characters. Default nothing.</summary>
    [RegularExpression(TableName, ErrorMessage = "Database:TablePrefix is to be up to 31 of a to z, 0 to 9 and _, the first no digit, and not pg_….")]
    public string TablePrefix { get; set; } = "";

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ValidationResult? failure = null;
        try
        {
            ToConnectionString(nameof(Messaging));
        }
        catch (ArgumentException)
        {
            failure = new ValidationResult("Database: these settings make no connection string that Npgsql takes.");
        }

        if (failure is not null)
        {
            yield return failure;
        }
    }

    /// <summary>Built, not pasted together: a password may contain anything.</summary>
    public string ToConnectionString(string applicationName)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Name,
            Username = Username,
            Password = Password,
            MaxPoolSize = MaxPoolSize,
            SslMode = SslMode,
            ApplicationName = applicationName,
        };
        if (TargetSessionAttributes is not null)
        {
            settings.TargetSessionAttributes = TargetSessionAttributes;
        }

        return settings.ConnectionString;
    }
}
