using System.Text.Json;

namespace Messaging.Outbox;

/// <summary>Whether the message of a task is kept.</summary>
public enum PayloadState
{
    /// <summary>It is kept.</summary>
    Kept,

    /// <summary>It is not: the settings say so, or it cannot be written as JSON, or the task is older than payloads.</summary>
    NotKept,

    /// <summary>It is larger than <see cref="PayloadOptions.MaxBytes"/>.</summary>
    TooLarge,

    /// <summary>Its type is <see cref="SensitiveAttribute"/>.</summary>
    Sensitive,
}

/// <summary>What is kept of the message of a task.</summary>
public sealed record TaskPayload
{
    /// <summary>Whether the message is kept.</summary>
    public required PayloadState State { get; init; }

    /// <summary>The size of its JSON in bytes of UTF-8; null if it is not known.</summary>
    public int? Bytes { get; init; }

    /// <summary>The full name of the message type; null if it is not known.</summary>
    public string? Type { get; init; }

    /// <summary>The paths of properties whose values were replaced, such as <c>customer.email</c>.</summary>
    public IReadOnlyList<string> Redacted { get; init; } = [];

    /// <summary>The message; null if it is not kept.</summary>
    public JsonElement? Message { get; init; }

    /// <summary>Whether it can be run again with an edited message.</summary>
    public bool IsEditable { get; init; }

    /// <summary>Why it cannot be run again, whatever is given: a sentence; null if it can.</summary>
    public string? CannotRunAgain { get; init; }

    /// <summary>The keys by which the task is found.</summary>
    public IReadOnlyList<TaskKey> Keys { get; init; } = [];
}
