using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Stores;

/// <summary>Makes pieces of work for the stores.</summary>
internal static class Work
{
    public static InboxKey Key() => new(Guid.NewGuid(), Guid.NewGuid());

    public static StagedMessage Message() => new()
    {
        MessageId = Guid.CreateVersion7(),
        Destination = "loopback://localhost/test",
        ContentType = "application/json",
        Content = MessageContent.Of("""{"messageTypes":[]}""", [1, 2, 3]),
    };

    public static StagedMessage If(this StagedMessage message, StagingCondition condition) =>
        message with { Options = new StagingOptions { Id = message.MessageId, Condition = condition } };

    public static StagedWork With(StagedMessage message)
    {
        var work = new StagedWork();
        work.Add(message);
        return work;
    }

    public static StagedWork With(InboxKey key)
    {
        var work = new StagedWork();
        work.InboxKeys.Add(key);
        return work;
    }

    public static StagedWork With(TaskOutcome outcome)
    {
        var work = new StagedWork();
        work.Outcomes.Add(outcome);
        return work;
    }

    public static StagedCommand Stage(this StagedWork work, string sql, params object?[] parameters)
    {
        var command = new StagedCommand(sql, parameters);
        work.Commands.Add(command);
        return command;
    }

    public static StagedWork Insert(this StagedWork work, string thing)
    {
        work.Stage("INSERT INTO things (name) VALUES ($1)", thing);
        return work;
    }
}
