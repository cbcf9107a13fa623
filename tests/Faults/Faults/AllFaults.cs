using Messaging.Faults.Hooks;
using Messaging.Faults.Links;
using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>All kinds of faults, in the order in which <c>list</c> shows them.</summary>
internal static class AllFaults
{
    public static IReadOnlyList<IFault> List { get; } =
    [
        new KillProcess("kill-api", system => system.Supervisor.Apis),
        new KillProcess("kill-worker", system => system.Supervisor.Workers),
        new KillAtPoint(Failpoints.AfterCommitBeforePublish, "a request is committed and none of its messages sent", s => s.Supervisor.Apis),
        new KillAtPoint(Failpoints.AfterClaimBeforePublish, "a dispatcher has claimed messages and has sent none", s => s.Supervisor.Slots),
        new KillAtPoint(Failpoints.AfterPublishBeforeDelete, "a dispatcher has sent messages and not deleted them", s => s.Supervisor.Slots),
        new KillAtPoint(Failpoints.AfterEffectBeforeCommit, "a consumer is done and nothing of it committed", s => s.Supervisor.Workers),
        new KillAtPoint(Failpoints.AfterCommitBeforeAck, "what a consumer did is committed and not acknowledged", s => s.Supervisor.Workers),
        new RollingRestart(),
        new KillServer("broker-kill", "rabbitmq"),
        new BrokerAlarm("broker-memory-alarm", ["set_vm_memory_high_watermark", "absolute", "1"], ["set_vm_memory_high_watermark", "0.4"]),
        new BrokerAlarm("broker-disk-alarm", ["set_disk_free_limit", "1000000GB"], ["set_disk_free_limit", "50MB"]),
        new DeleteQueue(),
        new CloseConnections(),
        new KillServer("database-kill", "postgres"),
        new TerminateBackends(),
        new DiskFull(),
        new HeldTransaction(),
        new SerializationFailures(),
        new Latency(),
        new HalfOpenConnections(),
        new LinkFault("frozen-link", LinkMode.Frozen, "accepts, forwards nothing and closes nothing, on a link that is drawn"),
        new LinkFault("cut-worker-broker", LinkMode.Cut, "no network between workers and broker", l => l.WorkerBroker),
        new LinkFault("cut-worker-database", LinkMode.Cut, "no network between workers and database", l => l.WorkerDatabase),
        new LinkFault("cut-api-broker", LinkMode.Cut, "no network between APIs and broker", l => l.ApiBroker),
        new LinkFault("cut-api-database", LinkMode.Cut, "no network between APIs and database", l => l.ApiDatabase),
        new MailTrouble("smtp-refuses", SmtpTrouble.Refuses, "the mail server takes no connection"),
        new MailTrouble("smtp-hangs", SmtpTrouble.Hangs, "the mail server takes connections and says nothing"),
        new MailTrouble("smtp-4xx", SmtpTrouble.Defers, "the mail server takes no mail now"),
        new MailTrouble("smtp-5xx", SmtpTrouble.Rejects, "the mail server refuses every third mail for good"),
        new MailTrouble("smtp-drops", SmtpTrouble.DropsAfterData, "the mail server takes the mail and breaks off before its reply"),
        new PoisonFault("poison-truncated", "JSON that breaks off", PoisonEnd.DeadLetter, PoisonBodies.Truncated),
        new PoisonFault("poison-unknown-type", "a message type that no consumer knows", PoisonEnd.DeadLetter, PoisonBodies.UnknownType),
        new PoisonFault("poison-large", "a message of 5 MB", PoisonEnd.LogEntry, PoisonBodies.Large),
        new PoisonFault("poison-failing", "a message whose consumer throws each time", PoisonEnd.DeadLetter, PoisonBodies.Failing),
        new PoisonFault("poison-killer", "a message that kills its worker each time", PoisonEnd.DeadLetter, PoisonBodies.Killer)
        {
            IsExclusive = true,
            Messages = 1,
            Patience = TimeSpan.FromMinutes(3),
        },
        new PoisonFault("duplicates", "one mail, published 20 times", PoisonEnd.Mail, PoisonBodies.Mail) { Copies = 20 },
        new PoisonFault("duplicate-storm", "one log entry, published 10,000 times", PoisonEnd.LogEntry, PoisonBodies.Entry) { Copies = 10_000, Messages = 1, Hold = (5, 10) },
        new ClockJump(),
    ];
}
