using System.Collections.Concurrent;
using System.Diagnostics;

namespace Messaging.TestSupport;

/// <summary>
/// Records the outbox's spans of one test, as an exporter would get them. Its sampler follows the parent: other tests of the process,
/// which have none, record nothing. Each test asks for the spans of its own traces and tasks.
/// </summary>
public sealed class RecordedSpans : IDisposable
{
    public const string Outbox = "Messaging.Outbox";

    private readonly ConcurrentQueue<Activity> _started = new(), _ended = new();
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _requests = new();
    private readonly ActivitySource _test = new($"test-{Guid.NewGuid():N}");
    private readonly ActivityListener _listener;

    /// <param name="others">More sources to record, in the traces of this test's requests: their spans would be current in other tests.</param>
    public RecordedSpans(params IReadOnlyList<string> others)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Outbox || source == _test || others.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Source == _test || SamplesRoots && options.Parent.TraceId == default || Samples(options.Source, options.Parent)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStarted = _started.Enqueue,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Whether spans of the outbox without a parent are recorded; for a test beside which no others run.</summary>
    public bool SamplesRoots { get; init; }

    /// <summary>Whether other sources are recorded in all traces; for a test beside which no others run.</summary>
    public bool SamplesOthersEverywhere { get; init; }

    /// <summary>Begins what stands for a request: a trace of the test's own. It is current until it is disposed of.</summary>
    public Activity Request()
    {
        var request = _test.StartActivity("request", ActivityKind.Server)!;
        _requests[request.TraceId] = true;
        return request;
    }

    /// <summary>The outbox's spans that have ended, of an operation.</summary>
    public IReadOnlyList<Activity> Of(string operation) =>
        [.. _ended.Where(a => a.Source.Name == Outbox && a.DisplayName.Split(' ')[0] == operation).OrderBy(a => a.StartTimeUtc)];

    /// <summary>The same of a task.</summary>
    public IReadOnlyList<Activity> Of(string operation, Guid task) => [.. Of(operation).Where(a => a.GetTagItem("outbox.task.id") is string id && id == $"{task:D}")];

    /// <summary>All spans of a trace that were started, of whatever source.</summary>
    public IReadOnlyList<Activity> StartedIn(ActivityTraceId trace) => [.. _started.Where(a => a.TraceId == trace)];

    /// <summary>Waits for so many executions of a task.</summary>
    public async Task<IReadOnlyList<Activity>> ExecutionsAsync(Guid task, int count)
    {
        await Eventually.True(() => Of("process", task).Count >= count, $"{count} execution(s) of {task} are recorded");
        var executions = Of("process", task);
        Xunit.Assert.Equal(count, executions.Count);
        return executions;
    }

    /// <summary>Waits for a span with a link to another one.</summary>
    public Task<Activity> LinkedAsync(string operation, Activity to) => Eventually.Get(
        () => Task.FromResult(Of(operation).FirstOrDefault(a => a.Links.Any(l => l.Context.SpanId == to.SpanId))), $"a span '{operation}' is linked to '{to.DisplayName}'");

    public void Dispose()
    {
        _listener.Dispose();
        _test.Dispose();
    }

    private bool Samples(ActivitySource source, ActivityContext parent) =>
        parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) && (source.Name is Outbox || SamplesOthersEverywhere || _requests.ContainsKey(parent.TraceId));
}
