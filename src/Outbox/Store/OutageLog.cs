namespace Messaging.Outbox.Store;

/// <summary>
/// Logs failures of the database: each cause at once, and while it goes on once a minute with the number of repetitions. In an outage everything that is in flight
/// fails, several times a second: a full disk wrote a thousand lines in 15 s.
/// </summary>
/// <param name="time">Measures the minute.</param>
/// <param name="log">Logs the text of a failure.</param>
internal sealed class OutageLog(TimeProvider time, Action<string> log)
{
    private const int MaxCauses = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long LoggedAt, int Repeats)> _causes = new(StringComparer.Ordinal);

    public void Report(Exception exception) => Report(FailureText.Of(exception));

    /// <param name="error">The text of the failure, by which it is recognised.</param>
    public void Report(string error)
    {
        int repeats;
        lock (_lock)
        {
            if (_causes.TryGetValue(error, out var cause) && time.GetElapsedTime(cause.LoggedAt) < Interval)
            {
                _causes[error] = cause with { Repeats = cause.Repeats + 1 };
                return;
            }

            if (_causes.Count >= MaxCauses)
            {
                _causes.Clear();
            }

            repeats = cause.Repeats;
            _causes[error] = (time.GetTimestamp(), 0);
        }

        log(repeats == 0 ? error : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{error} ({repeats} more since the last such line)"));
    }
}
