using System.Diagnostics;

namespace Messaging.Faults.Hooks;

/// <summary>The points at which a process can be told to kill itself, as <c>kill -9</c> would at that very moment.</summary>
internal sealed class Failpoints
{
    public const string AfterCommitBeforePublish = "after-commit-before-publish";
    public const string AfterClaimBeforePublish = "after-claim-before-publish";
    public const string AfterPublishBeforeDelete = "after-publish-before-delete";
    public const string AfterEffectBeforeCommit = "after-effect-before-commit";
    public const string AfterCommitBeforeAck = "after-commit-before-ack";

    /// <summary>How the line begins that a process prints before it dies at a point.</summary>
    public const string Prefix = "FAILPOINT ";

    /// <summary>A consumer that stages a command about such an id kills its process.</summary>
    public const string KillerPrefix = "dead0000";

    private string? _armed;

    public void Arm(string point) => Interlocked.Exchange(ref _armed, point);

    public void Reach(string point, IEnumerable<Guid> ids)
    {
        if (Interlocked.CompareExchange(ref _armed, null, point) == point)
        {
            Die(point, ids);
        }
    }

    public static void DieOfKillers(IEnumerable<Guid> ids)
    {
        var killers = ids.Where(id => id.ToString().StartsWith(KillerPrefix, StringComparison.Ordinal)).ToList();
        if (killers.Count > 0)
        {
            Die("killer", killers);
        }
    }

    private static void Die(string point, IEnumerable<Guid> ids)
    {
        var all = ids.Distinct().ToList();
        Console.Out.WriteLine($"{Prefix}{point} {all.Count} message(s): {string.Join(' ', all.Take(50))}");
        Console.Out.Flush();
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
