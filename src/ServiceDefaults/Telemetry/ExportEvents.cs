using System.Diagnostics.Tracing;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// What OpenTelemetry says about its exporters and its settings. It listens from the beginning, because settings are read before
/// there is a log; until then what it hears is kept.
/// </summary>
internal sealed class ExportEvents : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol", Sdk = "OpenTelemetry-Sdk";
    private const int InvalidValue = 11, InvalidValueOfSdk = 47, InvalidSampler = 54, InvalidSamplerArgument = 55, Exported = 21;

    /// <summary>An endpoint did not answer, or with an error; the first parameter is the endpoint, the last what happened.</summary>
    private static readonly int[] Failures = [2, 16, 17, 18, 19, 20, 23, 40];

    private readonly Lock _lock = new();
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private readonly List<Action<ExportNotices>> _kept = [];
    private ExportNotices? _notices;

    private readonly IReadOnlyList<string>? _problems;
    private readonly IReadOnlyList<OtlpPlace> _places = [];

    /// <param name="problems">What is known already: each begins with the name of a variable.</param>
    /// <param name="places">Where the signals go.</param>
    public ExportEvents(IReadOnlyList<string> problems, IReadOnlyList<OtlpPlace> places)
    {
        (_problems, _places) = (problems, places);
        _kept.AddRange(problems.Select(Ignored));
        _kept.AddRange(places.Select(place => (Action<ExportNotices>)(notices => notices.LogPlace(place.Signals, place.Address, place.Protocol))));
    }

    /// <summary>Reports to a log from now on; null for no longer.</summary>
    public void Report(ExportNotices? notices)
    {
        List<Action<ExportNotices>> kept;
        lock (_lock)
        {
            _notices = notices;
            kept = notices is null ? [] : [.. _kept];
            _kept.RemoveRange(0, kept.Count);
        }

        kept.ForEach(entry => entry(notices!));
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name is Exporter)
        {
            EnableEvents(eventSource, EventLevel.Informational); // with each success
        }
        else if (eventSource.Name is Sdk)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_lock is null || _kept is null || _failing is null || eventData.Payload is not { Count: > 0 } payload)
        {
            return; // the base class's constructor enables events before the fields are set
        }

        var first = payload[0] as string ?? "";
        switch ((eventData.EventSource.Name, eventData.EventId))
        {
            case (Exporter, Exported):
                Succeeded(first);
                break;
            case (Exporter, var id) when Failures.Contains(id):
                Failed(first, FirstLine(payload[^1] as string ?? "it did not answer"));
                break;
            case (Exporter, InvalidValue) or (Sdk, InvalidValueOfSdk): // without the value: it may be a token
                Invalid(first);
                break;
            case (Sdk, InvalidSampler or InvalidSamplerArgument):
                Invalid($"OTEL_TRACES_SAMPLER{(eventData.EventId == InvalidSamplerArgument ? "_ARG" : "")}");
                break;
        }
    }

    private static Action<ExportNotices> Ignored(string problem) => notices => notices.LogIgnored(problem);

    private static string FirstLine(string text) => Redacted.Text(text.Split('\n')[0].Trim());

    private void Invalid(string variable)
    {
        if (_problems?.Any(problem => problem.StartsWith($"{variable} ", StringComparison.Ordinal)) != true)
        {
            Say(Ignored(OtelRules.Of(variable)));
        }
    }

    /// <summary>As one of the places has it, without a path; OpenTelemetry's event has the whole address.</summary>
    private OtlpPlace PlaceOf(string endpoint)
    {
        var address = Uri.TryCreate(endpoint, UriKind.Absolute, out var url) ? OtlpSignal.Shown(url) : Redacted.Text(endpoint);
        return _places.FirstOrDefault(place => place.Address == address) ?? new OtlpPlace("", address, _places is [{ } only] ? only.Protocol : "OTLP");
    }

    private void Failed(string endpoint, string error)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _failing.Add(endpoint) && _failing.Count == 1;
        }

        if (isFirst)
        {
            var place = PlaceOf(endpoint);
            Say(notices => notices.LogFailed(place.Address, place.Protocol, error));
        }
    }

    private void Succeeded(string endpoint)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = _failing.Remove(endpoint) && _failing.Count == 0;
        }

        if (isLast)
        {
            Say(notices => notices.LogExported());
        }
    }

    private void Say(Action<ExportNotices> entry)
    {
        ExportNotices? notices;
        lock (_lock)
        {
            notices = _notices;
            if (notices is null)
            {
                _kept.Add(entry);
            }
        }

        if (notices is not null)
        {
            entry(notices);
        }
    }
}
