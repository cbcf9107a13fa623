using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Messaging.ServiceDefaults.Database;

/// <summary>Where PostgreSQL is; section <c>Database</c>. There is no default password.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    /// <summary>Default <c>localhost</c>.</summary>
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
    [Required(ErrorMessage = "Database:Password is not set (environment: Database__Password).")]
    public string? Password { get; set; }

    /// <summary>Connections a process may hold. Default 50.</summary>
    [Range(4, 1_000)]
    public int MaxPoolSize { get; set; } = 50;

    /// <summary>How the server's certificate is treated: <c>Disable</c>, <c>Prefer</c>, <c>Require</c>, <c>VerifyFull</c>, … Default <c>Prefer</c>.</summary>
    public SslMode SslMode { get; set; } = SslMode.Prefer;

    /// <summary>Built, not pasted together: a password may contain anything.</summary>
    public string ToConnectionString(string applicationName) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Database = Name,
        Username = Username,
        Password = Password,
        MaxPoolSize = MaxPoolSize,
        SslMode = SslMode,
        ApplicationName = applicationName,
    }.ConnectionString;
}
