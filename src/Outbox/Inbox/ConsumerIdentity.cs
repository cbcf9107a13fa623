namespace Messaging.Outbox.Inbox;

/// <summary>The identity of a consumer on a queue in the inbox.</summary>
/// <param name="Id">The id, the same in each process and after each restart.</param>
/// <param name="Name">The name in logs.</param>
/// <param name="OnlyStages">Whether it only stages (<see cref="IStagingConsumer"/>).</param>
internal sealed record ConsumerIdentity(Guid Id, string Name, bool OnlyStages)
{
    /// <summary>
    /// Untracked messages have separate keys: a message that carries the id of a task, by mistake or intentionally, must not make
    /// the task's own message a duplicate, which would leave the task waiting forever.
    /// </summary>
    public Guid UntrackedId { get; } = DerivedId.Of($"{Id}#untracked");

    /// <summary>The name of its type, which the inbox table shows.</summary>
    public string Step { get; } = Name[(Name.LastIndexOf('.') + 1)..];

    public string UntrackedStep { get; } = $"{Name[(Name.LastIndexOf('.') + 1)..]}, untracked";
}
