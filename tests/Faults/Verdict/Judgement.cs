namespace Messaging.Faults.Verdict;

/// <summary>The verdict: how many of what, and every difference.</summary>
internal sealed class Judgement
{
    public Judgement(Evidence evidence, bool checksItself = true)
    {
        Evidence = evidence;
        var (requests, mails, poison) = (new RequestCheck(evidence), new MailCheck(evidence), new PoisonCheck(evidence));
        var itself = new SelfCheck(evidence);
        Differences = [.. requests.Check(), .. mails.Check(), .. poison.Check(), .. new LeftoverCheck(evidence).Check(), .. checksItself ? itself.Check() : []];
        Falsifications = itself.Made;
        (Done, FailedWithReason, Surplus, PoisonAsExpected) = (requests.Done, requests.FailedWithReason, mails.Surplus, poison.AsExpected);
    }

    public Evidence Evidence { get; }

    public IReadOnlyList<Difference> Differences { get; }

    public IReadOnlyList<SurplusMail> Surplus { get; }

    public int Accepted => Evidence.Requests.Count(r => r.TaskId is not null);

    public int Done { get; }

    public int FailedWithReason { get; }

    public int PoisonAsExpected { get; }

    /// <summary>Things that were falsified to see whether the verdict names them.</summary>
    public int Falsifications { get; }

    public bool IsClean => Differences.Count == 0;

    public int Count(string kind) => Differences.Count(d => d.Kind.StartsWith(kind, StringComparison.Ordinal));
}
