namespace Messaging.Faults.Load;

/// <summary>A request, and what became of it.</summary>
internal sealed class LedgerEntry(int number, string path)
{
    public int Number => number;

    public string Path => path;

    /// <summary>The same in every attempt.</summary>
    public string Key { get; } = Guid.NewGuid().ToString();

    public bool IsRegistration => path.StartsWith("/register", StringComparison.Ordinal);

    /// <summary>The address, or the message, that its effect is found by.</summary>
    public string Mark { get; } = path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..];

    public DateTimeOffset SentAt { get; } = DateTimeOffset.UtcNow;

    public DateTimeOffset? AcceptedAt { get; set; }

    /// <summary>What the 202 named.</summary>
    public Guid? TaskId { get; set; }

    public int Retries { get; set; }

    /// <summary>Why the last attempt that was not accepted was not.</summary>
    public string? LastError { get; set; }
}
