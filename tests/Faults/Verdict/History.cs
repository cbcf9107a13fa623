namespace Messaging.Faults.Verdict;

/// <summary>All that is known of one task, for whoever looks into a difference.</summary>
internal static class History
{
    private const int MaxLines = 40;

    public static IEnumerable<string> Of(Guid id, Evidence evidence)
    {
        var lines = new List<(DateTimeOffset At, string Text)>();
        var request = evidence.Requests.FirstOrDefault(r => r.TaskId == id);
        if (request is not null)
        {
            lines.Add((request.SentAt, $"request {request.Number} {request.Path}, key {request.Key}"));
            lines.Add((request.AcceptedAt!.Value, $"accepted after {request.Retries} retries{(request.LastError is { } error ? $", the last because of: {error}" : "")}"));
        }

        lines.AddRange(evidence.Mails.Where(m => m.TaskId == id).Select(m => (m.At, $"mail to {m.To}: {m.Reply ?? "no reply was given"}")));
        lines.AddRange(evidence.Poison.Where(p => p.Id == id).Select(p => (p.At, $"published {p.Copies} times by {p.What}, confirmed: {p.IsConfirmed}")));
        lines.AddRange(evidence.Database.FailedAttempts[id].Select(a => (a.StartedAt ?? default, $"attempt {a.Attempt} failed: {a.Error}")));
        var (from, to) = lines.Count == 0 ? (default, default) : (lines.Min(l => l.At).AddSeconds(-5), lines.Max(l => l.At).AddSeconds(30));
        lines.AddRange(evidence.Faults.Where(f => f.At >= from && f.At <= to).Select(f => (f.At, $"fault: {f.Kind} {f.What}, {f.Details}")));

        var row = evidence.Database.Tasks.TryGetValue(id, out var task)
            ? $"the task's row: {task.Kind} {task.State}, {task.Attempts} attempt(s), worker {task.Worker}, last error: {task.LastError}"
            : "no row in tasks";
        var inbox = evidence.Database.InboxMessages.Contains(id) ? "in the inbox" : "not in the inbox";
        return lines.OrderBy(l => l.At).Take(MaxLines).Select(l => $"{l.At:HH:mm:ss.fff} {l.Text}")
            .Append($"{row}; {inbox}")
            .Concat(evidence.Database.Letters.Where(l => l.TaskId == id || l.MessageId == id).Select(l => $"dead letter: {l.Reason} {l.Error}"));
    }
}
