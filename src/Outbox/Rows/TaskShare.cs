namespace Messaging.Outbox.Rows;

/// <summary>One consumer's part in a task with several consumers.</summary>
/// <param name="ConsumerId">The consumer's id in the inbox; null for an outcome that does not belong to a consumer.</param>
/// <param name="Queue">The consumer's queue.</param>
/// <param name="Expected">All consumers that have to finish.</param>
internal sealed record TaskShare(Guid? ConsumerId, string Queue, ExpectedConsumers Expected)
{
    /// <summary>Whether a queue no longer has consumers and need not be waited for. Default: none.</summary>
    public Func<string, bool>? IsGone { get; init; }

    /// <summary>The id in place of a consumer's for a dead-lettered delivery, which counts for all consumers of its queue.</summary>
    public static Guid DeadLetteredOn(string queue) => DerivedId.Of($"#given-up {queue}");
}
