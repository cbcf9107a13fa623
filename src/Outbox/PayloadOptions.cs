using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox;

/// <summary>
/// What is kept of the messages of tasks, for as long as the task; section <c>Outbox:Payloads</c> (docs/decisions/0050).
/// </summary>
public sealed class PayloadOptions
{
    /// <summary>Whether the payload of tasks is kept. Default true.</summary>
    public bool Keep { get; set; } = true;

    /// <summary>The maximum size of a payload in bytes of JSON in UTF-8; a larger one is not kept. Default 8,192.</summary>
    [Range(1, 1_048_576)]
    public int MaxBytes { get; set; } = 8_192;

    /// <summary>Settings of single message types, by the name of the type without its namespace. Default: none.</summary>
    public IDictionary<string, PayloadTypeOptions> Types { get; set; } = new Dictionary<string, PayloadTypeOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>What is kept of one message type.</summary>
public sealed class PayloadTypeOptions
{
    /// <summary>Whether its payload is kept. Default: as for all types. Payloads of <see cref="SensitiveAttribute"/> types never are.</summary>
    public bool? Keep { get; set; }

    /// <summary>The maximum size of its payload in bytes. Default: as for all types.</summary>
    [Range(1, 1_048_576)]
    public int? MaxBytes { get; set; }
}
