using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox;

/// <summary>
/// Signing of messages that the dispatcher sends, so that consumers can distinguish them from those of other senders; section
/// <c>Outbox:Signing</c> (docs/decisions/0035). Without keys nothing is signed, and all messages are accepted.
/// </summary>
public sealed class SigningOptions
{
    /// <summary>The first key signs; all keys verify. Default: none.</summary>
    public IList<SigningKey> Keys { get; set; } = [];

    /// <summary>
    /// Whether messages without a signature are refused. Set it to false while processes without keys still send messages; wrong
    /// signatures are refused anyway. Default true.
    /// </summary>
    public bool Required { get; set; } = true;

    /// <summary>
    /// Queues and message types (<c>Namespace:Type</c>) that are accepted without a signature, for messages from services without
    /// this outbox. Such a message is untracked, whatever its headers contain. Default: none.
    /// </summary>
    public IList<string> AcceptUnsigned { get; set; } = [];

    /// <summary>
    /// The maximum number of refused messages that wait as dead letters; at most 60 more per minute, and none larger than 64 KB.
    /// Further ones are counted and dropped: a task is sent again later, an event is lost. Default 1,000.
    /// </summary>
    [Range(0, 100_000)]
    public int MaxRefused { get; set; } = 1_000;
}

/// <summary>A signing key with its id.</summary>
public sealed class SigningKey
{
    /// <summary>The id, which messages contain: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; at most 40.</summary>
    public string Id { get; set; } = "";

    /// <summary>The key: at least 32 bytes in base64, as printed by <c>openssl rand -base64 32</c>.</summary>
    public string? Key { get; set; }

    /// <summary>A file that contains the key, instead of <see cref="Key"/>.</summary>
    public string? KeyFile { get; set; }
}
