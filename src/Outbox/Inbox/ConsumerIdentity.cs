namespace Messaging.Outbox.Inbox;

/// <summary>A consumer on a queue, as the inbox knows it.</summary>
/// <param name="Id">The same in each process and after each restart.</param>
/// <param name="Name">What it is called in the log.</param>
/// <param name="OnlyStages">Whether it does nothing but stage (<see cref="IStagingConsumer"/>).</param>
internal sealed record ConsumerIdentity(Guid Id, string Name, bool OnlyStages)
{
    /// <summary>
    /// An untracked message has keys of its own: whoever sends one with the id of a task, by mistake or on purpose, is not to make the
    /// task's own message a duplicate, which would leave the task waiting for ever.
    /// </summary>
    public Guid UntrackedId { get; } = DerivedId.Of($"{Id}#untracked");

    /// <summary>What the table shows of it: the name of its type.</summary>
    public string Step { get; } = Name[(Name.LastIndexOf('.') + 1)..];

    public string UntrackedStep { get; } = $"{Name[(Name.LastIndexOf('.') + 1)..]}, untracked";
}
