using System.Diagnostics;
using System.Text;

namespace Messaging.Outbox.Rows;

/// <summary>
/// The work that one unit of work has staged. A commit takes the whole object and the unit starts a new one, so that a caller
/// that stops waiting cannot change work that is being written.
/// </summary>
internal sealed class StagedWork
{
    private readonly Lock _lock = new();

    public List<StagedCommand> Commands { get; } = [];
    public List<StagedMessage> Messages { get; } = [];
    public List<InboxKey> InboxKeys { get; } = [];
    public List<TaskOutcome> Outcomes { get; } = [];
    public List<DeadLetter> DeadLetters { get; } = [];
    public List<Settlement> Settlements { get; } = [];

    public bool IsEmpty =>
        Commands.Count == 0 && Messages.Count == 0 && InboxKeys.Count == 0 && Outcomes.Count == 0
        && DeadLetters.Count == 0 && Settlements.Count == 0;

    /// <summary>Whether the work consists only of commands and the inbox key of their message.</summary>
    public bool IsRows => Messages.Count == 0 && Outcomes.Count == 0 && DeadLetters.Count == 0 && Settlements.Count == 0;

    /// <summary>Inbox keys, commands and outcomes: the parts that determine whether the unit is skipped.</summary>
    public bool HasFirstPhase => Commands.Count > 0 || InboxKeys.Count > 0 || Outcomes.Count > 0;

    /// <summary>Whether the results of the first phase affect the rest, so that the store needs two round trips.</summary>
    public bool DecidesInBetween => Messages.Exists(m => m.IsConditional) || Outcomes.Exists(o => o.HasSuccessors || o.Share is not null);

    /// <summary>The recorded span in which it was staged, to which the span of its commit is linked.</summary>
    public Activity? Span { get; set; }

    /// <summary>
    /// Whether a commit found rows locked or timed out. From then on the work is committed alone and does not block others.
    /// </summary>
    public bool IsBlocked { get; set; }

    /// <summary>The messages whose condition is true; call it after the commands have run.</summary>
    public IEnumerable<StagedMessage> MessagesToStore => Messages.Where(m => m.Holds);

    /// <summary>Whether the work is a duplicate or belongs to a cancelled task: then all of it is skipped.</summary>
    public bool IsDone(InboxState state) =>
        InboxKeys.Exists(state.Consumed.Contains) || Outcomes.Exists(o => state.Cancelled.Contains(o.Id));

    /// <summary>
    /// The size of the work as it is stored: messages with their metadata, whether their condition is true or not, and the
    /// strings and bytes of commands.
    /// </summary>
    public long Bytes => Messages.Sum(m => m.Content.Value.Body.Length + (long)Encoding.UTF8.GetByteCount(m.Content.Value.Metadata)) + BytesOfCommands;

    /// <summary>The size of the commands alone.</summary>
    public long BytesOfCommands =>
        Commands.Sum(c => c.Parameters.Sum(p => p switch { string text => Encoding.UTF8.GetByteCount(text), byte[] bytes => bytes.Length, _ => 0L }));

    /// <summary>Thread-safe: a consumer may stage from several threads.</summary>
    public void Add(StagedCommand command)
    {
        lock (_lock)
        {
            Commands.Add(command);
        }
    }

    /// <summary>Thread-safe: a consumer may publish from several threads.</summary>
    public void Add(StagedMessage message)
    {
        lock (_lock)
        {
            Messages.Add(message);
        }
    }

    /// <summary>Removes a message, if it is there. Thread-safe.</summary>
    public void Remove(Guid messageId)
    {
        lock (_lock)
        {
            Messages.RemoveAll(message => message.MessageId == messageId);
        }
    }

    /// <summary>Moves the commands that are staged so far into work of their own. Thread-safe: others may be staged meanwhile, and stay.</summary>
    public StagedWork TakeCommands()
    {
        var taken = new StagedWork();
        lock (_lock)
        {
            taken.Commands.AddRange(Commands);
            Commands.Clear();
        }

        return taken;
    }

    /// <summary>Brings back what <see cref="TakeCommands"/> took, before all that was staged since. Thread-safe.</summary>
    public void BringBack(StagedWork taken)
    {
        lock (_lock)
        {
            Commands.InsertRange(0, taken.Commands);
        }
    }
}
