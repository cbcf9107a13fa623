using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox;

/// <summary>
/// Signs what the dispatcher sends, so that consumers can tell it from what somebody else sends; section <c>Outbox:Signing</c>
/// (docs/decisions/0035). Without keys nothing is signed, and everything that comes is believed.
/// </summary>
public sealed class SigningOptions
{
    /// <summary>The first one signs, each of them verifies. Default: none.</summary>
    public IList<SigningKey> Keys { get; set; } = [];

    /// <summary>
    /// Whether what has no signature is refused. False is for the time in which processes without keys still send: a wrong signature is refused
    /// all the same. Default true.
    /// </summary>
    public bool Required { get; set; } = true;

    /// <summary>
    /// Queues, and types of messages (<c>Namespace:Type</c>), that are accepted without a signature, from services without this outbox. Such a message
    /// is untracked, whatever its headers say. Default: none.
    /// </summary>
    public IList<string> AcceptUnsigned { get; set; } = [];

    /// <summary>
    /// Refused messages that may wait for a decision as dead letters; at most 60 more in a minute, and none above 64 KB. What comes beyond that is
    /// counted and dropped: a task is sent again later, an event is lost. Default 1,000.
    /// </summary>
    [Range(0, 100_000)]
    public int MaxRefused { get; set; } = 1_000;
}

/// <summary>A key, and what it is called in a message.</summary>
public sealed class SigningKey
{
    /// <summary>Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; at most 40.</summary>
    public string Id { get; set; } = "";

    /// <summary>At least 32 bytes in base64, as <c>openssl rand -base64 32</c> makes them.</summary>
    public string? Key { get; set; }

    /// <summary>A file that has them, instead of <see cref="Key"/>.</summary>
    public string? KeyFile { get; set; }
}
