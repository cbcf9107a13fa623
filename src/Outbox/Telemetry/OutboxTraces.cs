using System.Diagnostics;

namespace Messaging.Outbox.Telemetry;

/// <summary>
/// The library's source of spans, and the rules that all of them follow: nothing is allocated while nobody listens, and nothing
/// is recorded of a trace that is not sampled. Attributes follow OpenTelemetry's semantic conventions for messaging, whose
/// stability is Development. What a sampler or a processor throws is caught here, so that no work fails because of it.
/// </summary>
internal static class OutboxTraces
{
    /// <summary>Links of one span. The rest of a larger group has no link.</summary>
    public const int MaxLinks = 128;

    public const string TaskId = "outbox.task.id", MessageType = "outbox.message.type", Outcome = "outbox.outcome", ErrorType = "error.type";

    private static readonly ActivitySource Source = new(new ActivitySourceOptions(OutboxTelemetry.Name)
    {
        Version = typeof(OutboxTraces).Assembly.GetName().Version?.ToString(3),
        TelemetrySchemaUrl = "https://opentelemetry.io/schemas/1.37.0",
    });

    /// <summary>Whether anybody listens.</summary>
    public static bool AreOn => Source.HasListeners();

    /// <summary>The current span, if it is recorded and anybody listens.</summary>
    public static Activity? Recorded => AreOn && Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>Starts a child of the current span, which becomes current. Without a current span it begins a trace.</summary>
    public static Activity? StartHere(string operation, string? destination, ActivityKind kind) =>
        AreOn && Activity.Current is null or { Recorded: true } ? StartCurrent(operation, destination, kind) : null;

    /// <summary>Starts a child of a span of another process. It does not become current.</summary>
    public static Activity? StartChild(string operation, string destination, ActivityKind kind, ActivityContext parent) =>
        WithoutCurrent(() => Source.StartActivity(Name(operation, destination), kind, parent));

    /// <summary>Starts a trace that nothing has caused. It does not become current.</summary>
    public static Activity? StartTrace(string operation, string destination, ActivityKind kind) =>
        WithoutCurrent(() => Source.StartActivity(Name(operation, destination), kind));

    /// <summary>
    /// Starts a new trace with links to its causes, which are sampled. It does not become current. A context without a span, but
    /// with the flag, makes samplers that follow their parent record it as well; otherwise one request in a hundred would be
    /// sampled, and of its later executions again one in a hundred.
    /// </summary>
    public static Activity? StartLinked(string operation, string? destination, ActivityKind kind, IReadOnlyList<ActivityLink> causes) =>
        WithoutCurrent(() => Source.StartActivity(
            Name(operation, destination),
            kind,
            new ActivityContext(ActivityTraceId.CreateRandom(), default, ActivityTraceFlags.Recorded, traceState: null, isRemote: true),
            tags: null,
            causes));

    /// <summary>
    /// Continues a trace that is not sampled, or begins one, without recording anything: what runs inside it, such as an HTTP
    /// client, is then not sampled either. It does not become current.
    /// </summary>
    public static Activity? StartUnrecorded(string operation, string destination, ActivityContext? parent) => WithoutCurrent(() =>
    {
        var activity = new Activity(Name(operation, destination)) { IsAllDataRequested = false };
        return parent is { } context ? activity.SetParentId(context.TraceId, context.SpanId, context.TraceFlags).Start() : activity.Start();
    });

    /// <summary>Runs an action in a span, which ends with it. The action has no other span around it.</summary>
    /// <param name="span">Null if nothing is recorded.</param>
    /// <param name="action">The action.</param>
    public static async Task<T> RunAsync<T>(Activity? span, Func<Task<T>> action)
    {
        if (span is null)
        {
            return await action();
        }

        Activity.Current = span;
        try
        {
            return await action();
        }
        catch (Exception exception)
        {
            Fail(span, exception.GetType());
            throw;
        }
        finally
        {
            End(span);
        }
    }

    /// <summary>Ends a span. Never throws, whatever its processors do.</summary>
    public static void End(Activity span)
    {
        try
        {
            span.Dispose();
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report(exception);
            if (Activity.Current == span)
            {
                Activity.Current = span.Parent; // which it becomes only after the processors
            }
        }
    }

    /// <summary>Marks a span as failed. The message of the exception is not recorded: it may contain an address.</summary>
    public static void Fail(Activity span, Type exception) => span.SetStatus(ActivityStatusCode.Error).SetTag(ErrorType, exception.FullName);

    /// <summary>The name of the broker in the conventions.</summary>
    public static string SystemOf(Uri address) => address.Scheme.StartsWith("loopback", StringComparison.OrdinalIgnoreCase) ? "in_memory"
        : address.Scheme.StartsWith("rabbitmq", StringComparison.OrdinalIgnoreCase) || address.Scheme.StartsWith("amqp", StringComparison.OrdinalIgnoreCase) ? "rabbitmq"
        : address.Scheme;

    // Without a closure: this is the span of each message of a request.
    private static Activity? StartCurrent(string operation, string? destination, ActivityKind kind)
    {
        var before = Activity.Current;
        try
        {
            return Source.StartActivity(Name(operation, destination), kind);
        }
        catch (Exception exception)
        {
            return Refused(before, exception);
        }
    }

    private static string Name(string operation, string? destination) => destination is null ? operation : string.Concat(operation, " ", destination);

    // Otherwise a span without a parent becomes the child of the current one.
    private static Activity? WithoutCurrent(Func<Activity?> start)
    {
        var before = Activity.Current;
        Activity.Current = null;
        var span = Guarded(start);
        Activity.Current = before;
        return span;
    }

    /// <returns>Null if a sampler or a processor throws: then nothing is recorded.</returns>
    private static Activity? Guarded(Func<Activity?> start)
    {
        var before = Activity.Current;
        try
        {
            return start();
        }
        catch (Exception exception)
        {
            return Refused(before, exception);
        }
    }

    private static Activity? Refused(Activity? before, Exception exception)
    {
        Activity.Current = before; // the span may have become current before it was refused
        TelemetryFailures.Report(exception);
        return null;
    }
}
