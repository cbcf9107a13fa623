using System.Text;

namespace Messaging.Outbox.Rows;

/// <summary>
/// What one unit of work stages. At the commit it is handed over whole and the unit starts a new one, so that a caller that
/// stops waiting cannot change what is just being written.
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

    /// <summary>Whether it is nothing but rows, and the key of their message.</summary>
    public bool IsRows => Messages.Count == 0 && Outcomes.Count == 0 && DeadLetters.Count == 0 && Settlements.Count == 0;

    /// <summary>Inbox keys, commands and outcomes: what may find out that the unit is to be left out.</summary>
    public bool HasFirstPhase => Commands.Count > 0 || InboxKeys.Count > 0 || Outcomes.Count > 0;

    /// <summary>Whether what the first phase did decides about what follows: the store then needs two round trips.</summary>
    public bool DecidesInBetween => Messages.Exists(m => m.IsConditional) || Outcomes.Exists(o => o.HasSuccessors || o.Share is not null);

    /// <summary>
    /// A commit of it found rows locked, or was not over in time. From then on it is committed by itself, and holds no other up.
    /// </summary>
    public bool IsBlocked { get; set; }

    /// <summary>The messages whose condition holds; to be read after the commands have run.</summary>
    public IEnumerable<StagedMessage> MessagesToStore => Messages.Where(m => m.Holds);

    /// <summary>Whether it is a duplicate, or belongs to a task that was cancelled: it is then left out as a whole.</summary>
    public bool IsDone(InboxState state) =>
        InboxKeys.Exists(state.Consumed.Contains) || Outcomes.Exists(o => state.Cancelled.Contains(o.Id));

    /// <summary>What is stored of it, as it is encoded: messages with what belongs to them, whether their condition holds or not, and texts and bytes of commands.</summary>
    public long Bytes => Messages.Sum(m => m.Content.Value.Body.Length + (long)Encoding.UTF8.GetByteCount(m.Content.Value.Metadata)) + BytesOfCommands;

    /// <summary>Those of the commands alone.</summary>
    public long BytesOfCommands =>
        Commands.Sum(c => c.Parameters.Sum(p => p switch { string text => Encoding.UTF8.GetByteCount(text), byte[] bytes => bytes.Length, _ => 0L }));

    /// <summary>A consumer may stage from several threads at once.</summary>
    public void Add(StagedCommand command)
    {
        lock (_lock)
        {
            Commands.Add(command);
        }
    }

    /// <summary>A consumer may publish from several threads at once.</summary>
    public void Add(StagedMessage message)
    {
        lock (_lock)
        {
            Messages.Add(message);
        }
    }
}
