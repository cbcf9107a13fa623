using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Where RabbitMQ is; section <c>RabbitMq</c>. There is no default password.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RabbitMq";

    /// <summary>Default <c>localhost</c>.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>Default 5672; 5671 is usual with TLS.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5672;

    /// <summary>Default <c>/</c>.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>Default <c>messaging</c>.</summary>
    [Required]
    public string Username { get; set; } = "messaging";

    /// <summary>Required.</summary>
    [Required(ErrorMessage = "RabbitMq:Password is not set (environment: RabbitMq__Password).")]
    public string? Password { get; set; }

    /// <summary>Encrypts the connection; the certificate has to be valid and to bear the host's name. Default false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// How often a quorum queue delivers a message without an outcome before it dead-letters it to the error queue. The
    /// worker gives such a message up earlier (<c>MaxUnfinishedDeliveries</c>), so that its task says so. Default 20.
    /// </summary>
    [Range(2, 10_000)]
    public int DeliveryLimit { get; set; } = 20;
}
