namespace Messaging.TestSupport;

/// <summary>How durations are written, by the sentences of the service and by the pages of the dashboard.</summary>
public static class Durations
{
    /// <summary>Seconds, and their words.</summary>
    public static readonly IReadOnlyList<(double Seconds, string Words)> InWords =
    [
        (-3, "< 1 ms"),
        (0, "< 1 ms"),
        (0.0004, "< 1 ms"),
        (0.001, "1 ms"),
        (0.019, "19 ms"),
        (0.9, "900 ms"),
        (0.9996, "1 s"),
        (1.25, "1.3 s"),
        (3.04, "3 s"),
        (9.97, "10 s"),
        (42, "42 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (250, "4 min 10 s"),
        (750, "12 min"),
        (3599.7, "1 h"),
        (7_500, "2 h 5 min"),
        (36_000, "10 h"),
        (86_400, "1 d"),
        (190_000, "2 d 4 h"),
        (2_592_000, "30 d"),
    ];
}
